namespace Ailee.Vcp.Node.Tests.Sensors;

public sealed class TemperatureSensorTests : IDisposable
{
    private readonly SensorTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_ZonesAndMonitors_IsTheHottest()
    {
        Zone(0, "27800");
        Zone(1, "51000");
        Monitor("temp1_input", "48000");
        Monitor("temp2_input", "63500");
        Monitor("temp2_crit", "100000");
        Monitor("in1_input", "99000");

        Assert.Equal(63.5, _tree.Read().TemperatureC);
    }

    [Fact]
    public void Read_AllBelowZero_IsTheHottest()
    {
        Zone(0, "-12500");
        Zone(1, "-20000");

        Assert.Equal(-12.5, _tree.Read().TemperatureC);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-274000")]
    [InlineData("150001")]
    [InlineData("-40001")]
    [InlineData("127000")]
    [InlineData("4294967295000")]
    [InlineData("99999999999999999999")]
    [InlineData("-9223372036854775808")]
    [InlineData("51.5")]
    [InlineData("51000 C")]
    public void Read_Nonsense_IsPassedOver(string temperature)
    {
        Zone(0, temperature);

        Assert.Null(_tree.Read().TemperatureC);
        Zone(1, "30000");
        Assert.Equal(30, _tree.Read().TemperatureC);
    }

    [Theory]
    [InlineData("150000", 150)]
    [InlineData("-40000", -40)]
    public void Read_AtTheBounds_IsKnown(string temperature, double known)
    {
        Zone(0, temperature);

        Assert.Equal(known, _tree.Read().TemperatureC);
    }

    [Fact]
    public void Read_MonitorSaysThatASensorIsFaulty_IsPassedOver()
    {
        Monitor("temp1_input", "90000");
        Monitor("temp1_fault", "1");
        Monitor("temp2_input", "40000");
        Monitor("temp2_fault", "0");

        Assert.Equal(40, _tree.Read().TemperatureC);
    }

    [Fact]
    public void Read_SensorComesAndGoes_IsWhatIsThere()
    {
        var sensors = _tree.Sensors();

        Assert.Null(sensors.Read(0, 0).TemperatureC);
        Zone(0, "30000");
        Assert.Equal(30, sensors.Read(0, 0).TemperatureC);
        _tree.DeleteDirectory("sys/class/thermal");
        Assert.Null(sensors.Read(0, 0).TemperatureC);
    }

    [Fact]
    public void Read_DirectoryInPlaceOfAFileAndFileInPlaceOfADirectory_IsPassedOver()
    {
        _tree.Write("sys/class/thermal/thermal_zone0/temp/temp", "30000");
        _tree.Write("sys/class/thermal/thermal_zone1", "30000");
        _tree.Write("sys/class/hwmon", "30000");

        Assert.Null(_tree.Read().TemperatureC);
    }

    private void Zone(int zone, string temperature) => _tree.Write($"sys/class/thermal/thermal_zone{zone}/temp", $"{temperature}\n");

    private void Monitor(string file, string content) => _tree.Write($"sys/class/hwmon/hwmon3/{file}", $"{content}\n");
}
