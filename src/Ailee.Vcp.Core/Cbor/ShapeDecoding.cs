namespace Ailee.Vcp.Core.Cbor;

/// <summary>Turns a decoder's exception into a result, in one place.</summary>
internal static class ShapeDecoding
{
    public static T? Try<T>(Func<T> read, out CborFault? fault)
        where T : class
    {
        try
        {
            fault = null;
            return read();
        }
        catch (CborShapeException exception)
        {
            fault = exception.Fault;
            return null;
        }
    }
}
