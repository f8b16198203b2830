using CsCheck;

namespace Ailee.Vcp.Node.Tests.Sensors;

/// <summary>Any bytes in any file: nothing is thrown, and nothing is out of range.</summary>
public sealed class SensorPropertyTests
{
    private static readonly string[] Files =
    [
        "proc/stat", "proc/meminfo", "proc/self/cgroup",
        "sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current", "sys/fs/cgroup/memory.stat", "sys/fs/cgroup/cpu.max", "sys/fs/cgroup/cpu.stat",
        "sys/fs/cgroup/a/memory.max", "sys/fs/cgroup/a/memory.current", "sys/fs/cgroup/a/cpu.max", "sys/fs/cgroup/a/cpu.stat",
        "sys/class/thermal/thermal_zone0/temp", "sys/class/hwmon/hwmon0/temp1_input", "sys/class/hwmon/hwmon0/temp1_fault",
        "sys/class/power_supply/AC/type", "sys/class/power_supply/AC/online",
        "sys/class/power_supply/B/type", "sys/class/power_supply/B/status", "sys/class/power_supply/B/capacity", "sys/class/power_supply/B/present",
        "sys/class/power_supply/B/power_now", "sys/class/power_supply/B/current_now", "sys/class/power_supply/B/voltage_now",
        "sys/class/power_supply/B/energy_now", "sys/class/power_supply/B/energy_full",
        "sys/class/powercap/intel-rapl:0/name", "sys/class/powercap/intel-rapl:0/energy_uj", "sys/class/powercap/intel-rapl:0/max_energy_range_uj",
        "sys/class/powercap/intel-rapl:1/name", "sys/class/powercap/intel-rapl:1/energy_uj", "sys/class/powercap/intel-rapl:1/max_energy_range_uj",
    ];

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Long.Select(number => $"{number}"),
        Gen.Int[-1000, 200_000].Select(number => $"{number}"),
        Gen.OneOf("0", "-0", "+1", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "0x10", "1e9", "NaN", "max"));

    private static readonly Gen<string> Word = Gen.OneOf(
        Number,
        Gen.OneOf(
            "cpu ", "cpu", "MemTotal:", "MemAvailable:", "kB", "inactive_file", "usage_usec", "0::/a", "0::/../a", "0::/a\0b", "Battery", "Mains", "Discharging", "Charging",
            "Device", "package-0", "psys"));

    private static readonly Gen<byte[]> Content = Gen.OneOf(
        Gen.Byte.Array[0, 200],
        Number.Select(text => System.Text.Encoding.ASCII.GetBytes(text + "\n")),
        Gen.OneOf("Battery", "Mains", "Discharging", "package-0", "1", "0::/a", "50000 100000").Select(text => System.Text.Encoding.ASCII.GetBytes(text + "\n")),
        Gen.Select(Word.Array[0, 24], Gen.OneOf(" ", "\n", " \n")).Select((words, between) => System.Text.Encoding.Latin1.GetBytes(string.Join(between, words))),
        Gen.Long[0, 1L << 57].Array[4, 10].Select(ticks => System.Text.Encoding.ASCII.GetBytes("cpu  " + string.Join(' ', ticks))),
        Gen.Select(Number, Number).Select((total, free) => System.Text.Encoding.ASCII.GetBytes($"MemTotal: {total} kB\nMemAvailable: {free} kB\nusage_usec {free}\ninactive_file {total}")));

    // A change: a file gets a content, or goes (null); then time passes, and the sensors are read.
    private static readonly Gen<((int File, byte[]? Content)[] Changes, double Seconds)> Step = Gen.Select(
        Gen.Select(Gen.Int[0, Files.Length - 1], Gen.Frequency((9, Content.Select(content => (byte[]?)content)), (1, Gen.Const((byte[]?)null)))).Array[0, Files.Length],
        Gen.OneOf(Gen.Double[0, 20], Gen.OneOf(0.0, 1e-3, 1e6)));

    [Fact]
    public void Read_AnyBytesInAnyFile_IsInRangeAndNeverThrows()
    {
        Step.Array[1, 5].Sample(
            steps =>
            {
                using var tree = new SensorTree();
                WriteWhole(tree);
                var sensors = tree.Sensors();
                foreach (var (changes, seconds) in steps)
                {
                    using var run = sensors.Energy.Begin();
                    foreach (var (file, content) in changes)
                    {
                        Change(tree, Files[file], content);
                    }

                    tree.Time.Advance(TimeSpan.FromSeconds(seconds));
                    SensorRanges.Check(sensors.Read(0, 0));
                    Assert.InRange(run.End() ?? 0, 0, double.MaxValue);
                }
            },
            iter: 100);
    }

    // From a machine that has everything, so that each nonsense is among values that count.
    private static void WriteWhole(SensorTree tree)
    {
        tree.Stat(100, 900);
        tree.Meminfo(8 << 20, 4 << 20);
        tree.Write("proc/self/cgroup", "0::/a");
        tree.Write("sys/fs/cgroup/a/memory.max", "1048576");
        tree.Write("sys/fs/cgroup/a/memory.current", "4096");
        tree.Write("sys/fs/cgroup/a/cpu.max", "50000 100000");
        tree.Write("sys/fs/cgroup/a/cpu.stat", "usage_usec 1");
        tree.Write("sys/class/thermal/thermal_zone0/temp", "30000");
        tree.Supply("AC", "Mains", ("online", "0"));
        tree.Supply("B", "Battery", ("status", "Discharging"), ("capacity", "50"), ("power_now", "9000000"), ("energy_now", "1"), ("energy_full", "2"));
        tree.Package(0, 0);
    }

    private static void Change(SensorTree tree, string file, byte[]? content)
    {
        if (content is not null)
        {
            tree.Write(file, content);
        }
        else if (File.Exists(Path.Combine(tree.Root, file)))
        {
            tree.Delete(file);
        }
    }
}
