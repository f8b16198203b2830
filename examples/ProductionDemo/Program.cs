using Ailee.Vcp.ProductionDemo;

return await DemoCommandLine.RunAsync(args);
