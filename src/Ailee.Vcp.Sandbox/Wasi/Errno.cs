namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Error numbers of WASI preview 1 that are answered here.</summary>
internal static class Errno
{
    public const int Success = 0;
    public const int BadFileDescriptor = 8;
    public const int Fault = 21;
    public const int Invalid = 28;
    public const int NotDirectory = 54;
    public const int NotSocket = 57;
    public const int NotSupported = 58;
    public const int IllegalSeek = 70;
}
