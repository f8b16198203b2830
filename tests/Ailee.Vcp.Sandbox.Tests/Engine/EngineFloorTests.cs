using System.Xml.Linq;
using Ailee.Vcp.Sandbox.Engine;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

public sealed class EngineFloorTests
{
    [Fact]
    public void Major_OfTheLoadedLibrary_IsThePackages()
    {
        using var engine = new SandboxEngine();

        var major = NativeEngine.Major(engine.Wasmtime);

        Assert.Equal(typeof(Wasmtime.Engine).Assembly.GetName().Version!.Major, major);
        EngineFloor.Check(engine.Wasmtime);
    }

    [Theory]
    [InlineData("50.0.1", 50)]
    [InlineData("49.0.2", 49)]
    [InlineData("51.2.0", 51)]
    public void Problem_NewEnough_None(string package, int native) => Assert.Null(EngineFloor.Problem(Version.Parse(package), native));

    [Theory]
    [InlineData("50.0.1", 48, "48", "49.0.2")]
    [InlineData("49.0.1", 49, "49.0.1", "49.0.2")]
    [InlineData("43.0.0", 43, "43", "49.0.2")]
    [InlineData("48.0.5", 49, "48.0.5", "49.0.2")]
    [InlineData("50.0.1", 51, "51", "50.0.1")]
    [InlineData("50.0.1", null, "does not tell", "49.0.2")]
    public void Problem_TooOldOrAnother_NamesBothVersions(string package, int? native, string found, string needed)
    {
        var problem = EngineFloor.Problem(Version.Parse(package), native);

        Assert.Contains(found, problem, StringComparison.Ordinal);
        Assert.Contains(needed, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void MajorOf_EveryByteChangedOrCut_NeverThrows()
    {
        using var engine = new SandboxEngine();
        using var module = Wasmtime.Module.FromBytes(engine.Wasmtime, "version", [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
        var compiled = module.Serialize();
        var table = BitConverter.ToInt32(compiled, 40);

        for (var at = 0; at < compiled.Length; at += at < 4096 || at >= table ? 1 : 64)
        {
            NativeEngine.MajorOf(compiled.AsSpan(0, at));
            compiled[at] ^= 0xff;
            NativeEngine.MajorOf(compiled);
            compiled[at] ^= 0xff;
        }

        Assert.NotNull(NativeEngine.MajorOf(compiled));
    }

    /// <summary>The version that is built with, so that a downgrade does not wait for a start to be noticed.</summary>
    [Fact]
    public void Package_InTheBuild_IsNotBelowTheFloor()
    {
        var properties = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "build", "Directory.Packages.props"));
        var version = properties.Descendants("PackageVersion").Single(package => package.Attribute("Include")!.Value == "Wasmtime").Attribute("Version")!.Value;

        Assert.True(Version.Parse(version) >= EngineFloor.Oldest, $"{version} is below {EngineFloor.Oldest}");
    }
}
