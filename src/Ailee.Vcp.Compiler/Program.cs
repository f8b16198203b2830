return Ailee.Vcp.Sandbox.Compilation.CompilerProcess.Run(args);
