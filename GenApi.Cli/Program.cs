using GenApi.Cli;

return await new GenApiCli(CliHost.OfThisProcess()).RunAsync(args, CancellationToken.None);
