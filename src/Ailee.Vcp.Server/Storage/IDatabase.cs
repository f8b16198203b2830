namespace Ailee.Vcp.Server.Storage;

/// <summary>The one seam to the database. What a write returned is durable: the result is released after the commit.</summary>
internal interface IDatabase
{
    /// <summary>
    /// Runs a change in the next group commit. The closure sees and makes all its changes or none; it does no I/O of its own and
    /// may run again.
    /// </summary>
    /// <exception cref="StorageException">The database could not take it.</exception>
    Task<T> WriteAsync<T>(Func<IWriteTransaction, T> change);

    /// <summary>Runs queries on one consistent snapshot, in parallel to writes.</summary>
    T Read<T>(Func<IReadTransaction, T> query);

    /// <summary>
    /// Runs short queries on a snapshot that is taken after the call, and that others who ask at the same time share: what many look up at
    /// once is mostly in the same pages, which each snapshot must find anew.
    /// </summary>
    Task<T> ReadSharedAsync<T>(Func<IReadTransaction, T> query);
}

/// <summary>Queries. Parameters are named <c>$name</c>; values are <see cref="long"/>, <see cref="string"/>, <see cref="byte"/> arrays or null.</summary>
internal interface IReadTransaction
{
    /// <summary>All rows of a query.</summary>
    List<T> Query<T>(string sql, Func<Row, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>
    /// A part of a stored blob, fewer bytes where it ends. Unlike with <c>substr</c>, which reads what is before it too, only the part is
    /// ever in memory.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="row">The row's <c>rowid</c>, read in this transaction.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">Most bytes of it.</param>
    byte[] ReadBlob(string table, string column, long row, long offset, int length);
}

/// <summary>Queries and changes.</summary>
internal interface IWriteTransaction : IReadTransaction
{
    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters);
}

/// <summary>Shorthands.</summary>
internal static class ReadTransactionExtensions
{
    /// <summary>The first row, or the default.</summary>
    public static T? QueryFirst<T>(this IReadTransaction transaction, string sql, Func<Row, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var rows = transaction.Query(sql, map, parameters);
        return rows.Count == 0 ? default : rows[0];
    }
}
