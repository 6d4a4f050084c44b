namespace GenApi.Bench.Report;

/// <summary>Writes progress to the error stream at once, so that the tables on the output stream stay clean.</summary>
internal sealed class ProgressLines(string prefix) : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine(prefix + value);
}
