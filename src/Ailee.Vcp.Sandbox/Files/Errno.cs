namespace Ailee.Vcp.Sandbox.Files;

/// <summary>The POSIX errors that are answered here, with the numbers of WASI preview 1, which is what guests get.</summary>
internal enum Errno : ushort
{
    Success = 0,
    BadDescriptor = 8,
    Exists = 20,
    Fault = 21,
    FileTooLarge = 22,
    IllegalBytes = 25,
    Invalid = 28,
    IsDirectory = 31,
    Loop = 32,
    TooManyOpen = 33,
    NameTooLong = 37,
    NoEntry = 44,
    NoMemory = 48,
    NoSpace = 51,
    NotDirectory = 54,
    NotEmpty = 55,
    NotSocket = 57,
    NotSupported = 58,
    NotPermitted = 63,
    IllegalSeek = 70,
    NotCapable = 76,
}
