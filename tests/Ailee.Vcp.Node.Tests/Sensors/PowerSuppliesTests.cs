namespace Ailee.Vcp.Node.Tests.Sensors;

public sealed class PowerSuppliesTests : IDisposable
{
    private readonly SensorTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_LaptopOnItsBattery_IsWhatTheBatteryGives()
    {
        _tree.Supply("AC", "Mains", ("online", "0"));
        _tree.Supply("BAT0", "Battery", ("status", "Discharging"), ("capacity", "73"), ("power_now", "8512000"));

        var sample = _tree.Read();

        Assert.Equal((73, true, 8.512, "battery"), (sample.BatteryPercent!.Value, sample.OnBattery!.Value, sample.PowerW!.Value, sample.PowerSource));
    }

    [Theory]
    [InlineData("1500000")]
    [InlineData("-1500000")]
    public void Read_BatteryThatCountsCurrent_IsCurrentTimesVoltage(string current)
    {
        _tree.Supply("BAT0", "Battery", ("status", "Discharging"), ("capacity", "73"), ("current_now", current), ("voltage_now", "12000000"));

        Assert.Equal(18, _tree.Read().PowerW!.Value, 9);
    }

    [Fact]
    public void Read_LaptopThatIsCharged_DoesNotTakeWhatGoesIntoTheBatteryForItsPower()
    {
        _tree.Supply("AC", "Mains", ("online", "1"));
        _tree.Supply("BAT0", "Battery", ("status", "Charging"), ("capacity", "40"), ("power_now", "30000000"));

        var sample = _tree.Read();

        Assert.Equal((40, false, null, null), (sample.BatteryPercent, sample.OnBattery, sample.PowerW, sample.PowerSource));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("x")]
    public void Read_BatteryHelpsAnAdapter_HasItsPowerUnknown(string online)
    {
        _tree.Supply("AC", "Mains", ("online", online));
        _tree.Supply("BAT0", "Battery", ("status", "Discharging"), ("capacity", "40"), ("power_now", "30000000"));

        var sample = _tree.Read();

        Assert.Equal((true, null), (sample.OnBattery, sample.PowerW));
    }

    [Theory]
    [InlineData("Unknown", "1", false)]
    [InlineData("Unknown", "0", true)]
    [InlineData("Unknown", "x", null)]
    [InlineData("Not charging", "0", false)]
    [InlineData("Full", "0", false)]
    [InlineData("", "0", true)]
    public void Read_StatusAndAdapter_TellWhetherItIsOnBattery(string status, string online, bool? onBattery)
    {
        _tree.Supply("AC", "Mains", ("online", online));
        _tree.Supply("BAT0", "Battery", ("status", status), ("capacity", "40"));

        Assert.Equal(onBattery, _tree.Read().OnBattery);
    }

    [Fact]
    public void Read_TwoBatteries_IsTheChargeOfBothAndThePowerOfTheOneInUse()
    {
        _tree.Supply("BAT0", "Battery", ("status", "Not charging"), ("capacity", "100"), ("energy_now", "20000000"), ("energy_full", "20000000"), ("power_now", "0"));
        _tree.Supply("BAT1", "Battery", ("status", "Discharging"), ("capacity", "50"), ("energy_now", "40000000"), ("energy_full", "80000000"), ("power_now", "9000000"));

        var sample = _tree.Read();

        Assert.Equal((60, true, 9), (sample.BatteryPercent!.Value, sample.OnBattery!.Value, sample.PowerW!.Value));
    }

    [Fact]
    public void Read_TwoBatteriesOfUnknownSize_HaveTheirChargeUnknown()
    {
        _tree.Supply("BAT0", "Battery", ("status", "Full"), ("capacity", "100"));
        _tree.Supply("BAT1", "Battery", ("status", "Full"), ("capacity", "50"));

        Assert.Null(_tree.Read().BatteryPercent);
    }

    [Fact]
    public void Read_TwoBatteriesInUseAndOnePowerUnknown_IsUnknown()
    {
        _tree.Supply("BAT0", "Battery", ("status", "Discharging"), ("power_now", "9000000"));
        _tree.Supply("BAT1", "Battery", ("status", "Discharging"));

        Assert.Null(_tree.Read().PowerW);
    }

    [Fact]
    public void Read_BatteryOfAMouseOrABayThatIsEmpty_IsNotTheMachines()
    {
        _tree.Supply("mouse", "Battery", ("scope", "Device"), ("status", "Discharging"), ("capacity", "3"), ("power_now", "1000"));
        _tree.Supply("BAT1", "Battery", ("present", "0"), ("status", "Unknown"), ("capacity", "0"));
        _tree.Supply("AC", "Mains", ("online", "1"));

        var sample = _tree.Read();

        Assert.Equal((null, null, null), (sample.BatteryPercent, sample.OnBattery, sample.PowerW));
    }

    [Theory]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("x")]
    public void Read_ChargeOutOfRange_IsUnknown(string capacity)
    {
        _tree.Supply("BAT0", "Battery", ("status", "Full"), ("capacity", capacity));

        Assert.Null(_tree.Read().BatteryPercent);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("x")]
    public void Read_PowerOutOfRange_IsUnknown(string power)
    {
        _tree.Supply("BAT0", "Battery", ("status", "Discharging"), ("power_now", power));

        var sample = _tree.Read();

        Assert.Equal((null, null), (sample.PowerW, sample.PowerSource));
    }
}
