using Ailee.Vcp.Cli;

return await VcpCommandLine.RunAsync(args, CliConsole.System());
