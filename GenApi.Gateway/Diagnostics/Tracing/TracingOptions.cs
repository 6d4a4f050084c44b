namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>What tracing may show, and how much of it, in the section <c>GenApi:Tracing</c>.</summary>
public sealed class TracingOptions
{
    /// <summary>Whether calls can be traced at all. Off, nothing in a call's way asks for traces. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Traces that may run at the same time. Default 8; from 1 to 100.</summary>
    public int MaxTraces { get; set; } = 8;

    /// <summary>Events of one trace that wait to be read; further ones are dropped and counted. Default 1000; from 1 to 100000.</summary>
    public int Buffer { get; set; } = 1000;

    /// <summary>How long a trace lasts when the request for it does not say. Default 60 s; from 1 s to 1 h.</summary>
    public TimeSpan DefaultDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest a trace may last. Default 1 h; from 1 s to 1 h.</summary>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Arguments and results larger than so many bytes are shown by names and sizes only. Default 4096; from 16 to 1048576.</summary>
    public int MaxValueBytes { get; set; } = 4096;

    /// <summary>
    /// Words that make a name secret: a member whose name has one of them in it, whatever the letters' case and with
    /// <c>_</c>, <c>-</c> and <c>.</c> left out, is shown as <c>[redacted]</c>, at any depth. A list in the configuration adds to the words that are
    /// here from the start: password, passwd, passphrase, pwd, secret, token, authorization, apikey, accesskey, privatekey, credential, cookie,
    /// session, signature, otp, cvv, cardnumber, jwt, bearer.
    /// </summary>
    public IList<string> SecretNames { get; } =
    [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "authorization", "apikey", "accesskey", "privatekey", "credential", "cookie",
        "session", "signature", "otp", "cvv", "cardnumber", "jwt", "bearer",
    ];

    internal IEnumerable<string> Faults()
    {
        if (MaxTraces is < 1 or > 100)
        {
            yield return $"GenApi:Tracing:MaxTraces is {MaxTraces}; it must be from 1 to 100.";
        }

        if (Buffer is < 1 or > 100_000)
        {
            yield return $"GenApi:Tracing:Buffer is {Buffer}; it must be from 1 to 100000.";
        }

        foreach (var (name, value) in new[] { ("DefaultDuration", DefaultDuration), ("MaxDuration", MaxDuration) })
        {
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromHours(1))
            {
                yield return $"GenApi:Tracing:{name} is {value}; it must be from 00:00:01 to 01:00:00.";
            }
        }

        if (MaxValueBytes is < 16 or > 1024 * 1024)
        {
            yield return $"GenApi:Tracing:MaxValueBytes is {MaxValueBytes}; it must be from 16 to 1048576.";
        }

        if (SecretNames.Any(word => SecretName.Normalised(word).Length == 0))
        {
            yield return "GenApi:Tracing:SecretNames has an empty word, which would make every name secret.";
        }
    }
}
