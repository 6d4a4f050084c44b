using System.Text.Json;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>What the puller of one gateway knows of one service.</summary>
internal sealed class PulledService(ServiceConfig config, string by)
{
    private byte[] _text = TextOf(config);
    private volatile PullState _state = new();

    public ServiceConfig Config { get; private set; } = config;

    public string By { get; private set; } = by;

    public TimeSpan Interval => TimeSpan.FromMilliseconds(Config.Interval);

    /// <summary>How its pulls went, as far as this gateway knows.</summary>
    public PullState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Whether it is this gateway that pulls the service.</summary>
    public bool IsHeld { get; set; }

    /// <summary>When to ask for that again.</summary>
    public DateTimeOffset NextHold { get; set; }

    /// <summary>When to keep up the lease of the pulled node again.</summary>
    public DateTimeOffset NextLease { get; set; }

    /// <summary>Which of the nodes is asked first: the one that answered last.</summary>
    public int FirstNode { get; set; }

    /// <summary>What the last pull brought: functions that were taken, and functions that were refused.</summary>
    public (int Functions, int Rejected) Came { get; set; }

    /// <summary>The pull under way, or the last one.</summary>
    public Task Pulling { get; set; } = Task.CompletedTask;

    public PullStatus Status(PullState state) => new(Config.Service, By, Config.Nodes, Config.Interval, state);

    /// <summary>Takes over a config. Another one than before is tried at once.</summary>
    public void Update(ServiceConfig config, string by)
    {
        By = by;
        var text = TextOf(config);
        if (!text.AsSpan().SequenceEqual(_text))
        {
            _text = text;
            Config = config;
            FirstNode = 0;
            State = State with { NextAtMs = 0, ConsecutiveFailures = 0 };
        }
    }

    private static byte[] TextOf(ServiceConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, ProtocolJson.Default.ServiceConfig);
}
