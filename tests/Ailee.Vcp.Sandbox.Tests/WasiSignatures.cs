namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>
/// WASI preview 1 as its specification has it (witx of snapshot 01), written down a second time so that the sandbox's own table can
/// be wrong: a letter a parameter, <c>i</c> for i32 and <c>I</c> for i64. All but <c>proc_exit</c> return an errno.
/// </summary>
internal static class WasiSignatures
{
    public static readonly IReadOnlyDictionary<string, string> All = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["args_get"] = "ii",
        ["args_sizes_get"] = "ii",
        ["clock_res_get"] = "ii",
        ["clock_time_get"] = "iIi",
        ["environ_get"] = "ii",
        ["environ_sizes_get"] = "ii",
        ["fd_advise"] = "iIIi",
        ["fd_allocate"] = "iII",
        ["fd_close"] = "i",
        ["fd_datasync"] = "i",
        ["fd_fdstat_get"] = "ii",
        ["fd_fdstat_set_flags"] = "ii",
        ["fd_fdstat_set_rights"] = "iII",
        ["fd_filestat_get"] = "ii",
        ["fd_filestat_set_size"] = "iI",
        ["fd_filestat_set_times"] = "iIIi",
        ["fd_pread"] = "iiiIi",
        ["fd_prestat_dir_name"] = "iii",
        ["fd_prestat_get"] = "ii",
        ["fd_pwrite"] = "iiiIi",
        ["fd_read"] = "iiii",
        ["fd_readdir"] = "iiiIi",
        ["fd_renumber"] = "ii",
        ["fd_seek"] = "iIii",
        ["fd_sync"] = "i",
        ["fd_tell"] = "ii",
        ["fd_write"] = "iiii",
        ["path_create_directory"] = "iii",
        ["path_filestat_get"] = "iiiii",
        ["path_filestat_set_times"] = "iiiiIIi",
        ["path_link"] = "iiiiiii",
        ["path_open"] = "iiiiiIIii",
        ["path_readlink"] = "iiiiii",
        ["path_remove_directory"] = "iii",
        ["path_rename"] = "iiiiii",
        ["path_symlink"] = "iiiii",
        ["path_unlink_file"] = "iii",
        ["poll_oneoff"] = "iiii",
        ["proc_exit"] = "i",
        ["proc_raise"] = "i",
        ["random_get"] = "ii",
        ["sched_yield"] = "",
        ["sock_accept"] = "iii",
        ["sock_recv"] = "iiiiii",
        ["sock_send"] = "iiiii",
        ["sock_shutdown"] = "ii",
    };

    public static string Parameters(string name) => All[name];

    public static bool Returns(string name) => name != "proc_exit";

    /// <summary>In the text format.</summary>
    public static string Type(string name)
    {
        var parameters = string.Concat(All[name].Select(kind => kind == 'I' ? " i64" : " i32"));
        return (parameters.Length == 0 ? string.Empty : $"(param{parameters}) ") + (Returns(name) ? "(result i32)" : string.Empty);
    }
}
