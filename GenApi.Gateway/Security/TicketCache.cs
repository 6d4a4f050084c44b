using Microsoft.AspNetCore.Authentication;

namespace GenApi.Gateway.Security;

/// <summary>
/// Remembers what the tokens of the last minutes say, because taking one apart costs more than a call. Only tokens that
/// were found genuine get in, and whether one has expired is checked each time by whoever asks.
/// </summary>
internal sealed class TicketCache(ISecureDataFormat<AuthenticationTicket> tickets, TimeProvider time) : ISecureDataFormat<AuthenticationTicket>
{
    private const int Capacity = 20_000;

    private readonly RecentTable<string, AuthenticationTicket> _known = new(time, Capacity, TimeSpan.FromMinutes(5));

    public AuthenticationTicket? Unprotect(string? protectedText)
    {
        if (protectedText is null)
        {
            return null;
        }

        if (!_known.TryGet(protectedText, out var ticket))
        {
            ticket = tickets.Unprotect(protectedText);
            if (ticket is null)
            {
                return null;
            }

            _known.Set(protectedText, ticket);
        }

        // What one request does to its user must not reach the next.
        return ticket.Clone();
    }

    public string Protect(AuthenticationTicket data) => tickets.Protect(data);

    public string Protect(AuthenticationTicket data, string? purpose) => tickets.Protect(data, purpose);

    public AuthenticationTicket? Unprotect(string? protectedText, string? purpose) => tickets.Unprotect(protectedText, purpose);
}
