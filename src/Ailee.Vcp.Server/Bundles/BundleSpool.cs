using System.Buffers;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>Keeps bodies in files of the data directory while they arrive: a slow client costs disk, no memory and no place.</summary>
internal sealed class BundleSpool(DataDirectory directory)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Removes the files of a process that was killed.</summary>
    public void Clear()
    {
        if (Directory.Exists(directory.Uploads))
        {
            Directory.Delete(directory.Uploads, recursive: true);
        }
    }

    /// <summary>Takes a body to its end. The file is gone when the stream is disposed.</summary>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public async Task<Stream> TakeAsync(Stream body, CancellationToken cancellationToken)
    {
        var file = Create();
        try
        {
            await CopyAsync(body, file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private FileStream Create()
    {
        try
        {
            Directory.CreateDirectory(directory.Uploads);
            return new FileStream(Path.Combine(directory.Uploads, Guid.NewGuid().ToString("N")), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException("The file of an upload could not be made.", exception);
        }
    }

    private static async Task CopyAsync(Stream body, FileStream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                await WriteAsync(file, buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Apart, because a body that breaks off is an IOException too.
    private static async Task WriteAsync(FileStream file, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(data, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new StorageException("The file of an upload could not be written.", exception);
        }
    }
}
