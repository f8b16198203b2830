namespace Ailee.Vcp.Node.Sensors;

/// <summary>Batteries and mains adapters of the machine itself.</summary>
internal sealed class PowerSupplies(SensorFiles files)
{
    private const double MicrowattsPerWatt = 1e6;
    private const double PicowattsPerWatt = 1e12;
    private const double MostWatts = 10_000;

    /// <summary>What they say now.</summary>
    public PowerSupplyReading Read()
    {
        // A mouse has a battery, too; its scope is "Device".
        var supplies = files.Entries("sys/class/power_supply", "").Where(supply => files.Line($"{supply}/scope") is not "Device")
            .Select(supply => (Path: supply, Type: files.Line($"{supply}/type"))).ToArray();
        var batteries = supplies.Where(supply => supply.Type == "Battery" && files.Number($"{supply.Path}/present") is not 0).Select(supply => supply.Path).ToArray();
        if (batteries.Length == 0)
        {
            return default;
        }

        var online = supplies.Where(supply => supply.Type is "Mains" or "USB" or "Wireless").Select(supply => files.Number($"{supply.Path}/online")).ToArray();
        var status = batteries.Select(battery => files.Line($"{battery}/status")).ToArray();
        var onBattery = OnBattery(status, online);
        // Beside an adapter, what a battery gives is only a part of what the machine takes.
        var isAll = onBattery == true && !online.Any(value => value is not 0);
        return new(Percent(batteries), onBattery, isAll ? Watts(batteries.Where((_, index) => status[index] == "Discharging")) : null);
    }

    private static bool? OnBattery(string?[] status, long?[] online)
    {
        if (status.Contains("Discharging"))
        {
            return true;
        }

        if (online.Any(value => value > 0) || status.All(value => value is "Charging" or "Full" or "Not charging"))
        {
            return false;
        }

        return online.Length > 0 && online.All(value => value is 0) ? true : null;
    }

    private double? Percent(string[] batteries)
    {
        if (batteries is [var only] && files.Number($"{only}/capacity") is >= 0 and <= 100 and var capacity)
        {
            return capacity;
        }

        // The mean of percents would not be the charge: batteries differ in size.
        var (now, full) = (0.0, 0.0);
        foreach (var battery in batteries)
        {
            if (files.Number($"{battery}/energy_now") is not (>= 0 and var left) || files.Number($"{battery}/energy_full") is not (> 0 and var whole))
            {
                return null;
            }

            now += left;
            full += whole;
        }

        return Math.Min(100, 100 * now / full);
    }

    private double? Watts(IEnumerable<string> batteries)
    {
        var (sum, count) = (0.0, 0);
        foreach (var battery in batteries)
        {
            if (Watts(battery) is not { } watts)
            {
                return null;
            }

            sum += watts;
            count++;
        }

        return count > 0 && sum <= MostWatts ? sum : null;
    }

    // Some drivers give what is drawn a minus. None draws nothing: a 0 is a driver that does not know.
    private double? Watts(string battery)
    {
        var watts = files.Number($"{battery}/power_now") is { } power
            ? Math.Abs((double)power) / MicrowattsPerWatt
            : files.Number($"{battery}/current_now") is { } current && files.Number($"{battery}/voltage_now") is > 0 and var voltage
                ? Math.Abs((double)current) * voltage / PicowattsPerWatt
                : 0;
        return watts is > 0 and <= MostWatts ? watts : null;
    }
}

/// <summary>What batteries and adapters say; null is unknown.</summary>
/// <param name="Percent">Charge of all batteries together, 0 to 100.</param>
/// <param name="OnBattery">Whether a battery is drawn on.</param>
/// <param name="Watts">What the batteries give; known only if nothing else feeds the machine.</param>
internal readonly record struct PowerSupplyReading(double? Percent, bool? OnBattery, double? Watts);
