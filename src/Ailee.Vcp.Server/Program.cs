using Ailee.Vcp.Server;

return await ServerHost.RunAsync(args);
