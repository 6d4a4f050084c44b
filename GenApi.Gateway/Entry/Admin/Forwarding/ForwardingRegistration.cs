namespace GenApi.Gateway.Entry.Admin.Forwarding;

/// <summary>Adds what passes requests of the admin API on to the gateway that they name.</summary>
internal static class ForwardingRegistration
{
    public static void AddAdminForwarding(this IServiceCollection services)
    {
        services.AddSingleton<GatewayAddressBook>();
        services.AddSingleton<AdminForwarder>();
    }
}
