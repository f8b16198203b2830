using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskResultsTests
{
    private static readonly OutputRecord Output = new()
    {
        Results = [new ScalarValue(ScalarType.I32, 42), new ScalarValue(ScalarType.I64, ulong.MaxValue), new ScalarValue(ScalarType.F64, 0x7ff8_0000_0000_0000)],
        Trap = "unreachable",
    };

    // Outputs that were stored before results had a column.
    [Fact]
    public void Of_RecordAlone_SaysWhatTheColumnsSay()
    {
        var (results, trap) = TaskResults.Of(Shown(null, null, Output.Encode()));
        var (fromColumns, trapFromColumns) = TaskResults.Of(Shown(TaskResults.ToJson(Output.Results), Output.Trap, null));

        Assert.Equal([("i32", "42"), ("i64", "\"-1\""), ("f64", "\"nan\"")], results.Select(result => (result.Type, result.Value.GetRawText())));
        Assert.Equal(results.Select(result => (result.Type, result.Value.GetRawText())), fromColumns.Select(result => (result.Type, result.Value.GetRawText())));
        Assert.Equal(("unreachable", "unreachable"), (trap, trapFromColumns));
    }

    [Fact]
    public void Of_Columns_RecordIsNotLookedAt() =>
        Assert.Empty(TaskResults.Of(Shown("[]", null, [0xff])).Results);

    private static ShownOutput Shown(string? results, string? trap, byte[]? record)
    {
        var empty = new ShownStream(0, Digest.Of([]), []);
        return new ShownOutput(empty, empty, 0, results, trap, record);
    }
}
