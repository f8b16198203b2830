namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>WASI's error numbers as its specification has them (witx of snapshot 01), written down a second time like <see cref="WasiSignatures"/>.</summary>
internal static class Errno
{
    public const int Success = 0;
    public const int BadFileDescriptor = 8;
    public const int Exists = 20;
    public const int Fault = 21;
    public const int FileTooLarge = 22;
    public const int IllegalBytes = 25;
    public const int Invalid = 28;
    public const int IsDirectory = 31;
    public const int Loop = 32;
    public const int TooManyOpen = 33;
    public const int NameTooLong = 37;
    public const int NoEntry = 44;
    public const int NoMemory = 48;
    public const int NoSpace = 51;
    public const int NotDirectory = 54;
    public const int NotEmpty = 55;
    public const int NotSocket = 57;
    public const int NotSupported = 58;
    public const int NotPermitted = 63;
    public const int IllegalSeek = 70;
    public const int NotCapable = 76;
}
