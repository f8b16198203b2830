namespace Ailee.Vcp.Sandbox.Files;

/// <summary>How a path is opened.</summary>
[Flags]
internal enum OpenMode
{
    None = 0,

    /// <summary>Make a file if there is none.</summary>
    Create = 1,

    /// <summary>Only a directory will do.</summary>
    Directory = 2,

    /// <summary>Fail if there is something; with <see cref="Create"/>.</summary>
    Exclusive = 4,

    /// <summary>Cut a file to nothing.</summary>
    Truncate = 8,
}
