using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary>Makes the chooser that a config asks for.</summary>
internal sealed class NodeChooserFactory(IServiceProvider services, TimeProvider time, ILogger<CustomChooser> logger)
{
    public NodeChooser For(FunConfig config) => config.ChooseNodeMode switch
    {
        ChooseNodeMode.Hash hash => new HashChooser(hash.Argument),
        ChooseNodeMode.RoundRobin => new RoundRobinChooser(),
        ChooseNodeMode.Sticky sticky => new StickyChooser(sticky.Argument, time),
        ChooseNodeMode.LeastBusy => new LeastBusyChooser(),
        ChooseNodeMode.Custom custom => new CustomChooser(custom.Name, services.GetKeyedService<INodeSelector>(custom.Name), logger),
        _ => new RandomChooser(),
    };
}
