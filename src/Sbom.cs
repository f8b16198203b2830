using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a bill of materials in CycloneDX 1.6: each package whose files are published, with its content hash, its licence, and the
/// SHA-256 of each of those files, native libraries included. The same build writes the same bytes. Compiled and run by MSBuild
/// (Sbom.targets), so that it takes nothing but the SDK; that is why it writes JSON by itself.
/// </summary>
public sealed class WriteSbom : Task
{
    private const string FileName = "sbom.cdx.json";

    [Required]
    public string Name { get; set; }

    [Required]
    public string Version { get; set; }

    /// <summary>What was published; the file goes there too.</summary>
    [Required]
    public string Directory { get; set; }

    /// <summary>Where packages are unpacked.</summary>
    [Required]
    public string Packages { get; set; }

    /// <summary>The shared frameworks that the program runs on and does not bring.</summary>
    public ITaskItem[] Framework { get; set; }

    public string FrameworkVersion { get; set; }

    /// <summary>Runtime identifier; empty for all of them.</summary>
    public string Platform { get; set; }

    [Required]
    public ITaskItem[] Files { get; set; }

    public override bool Execute()
    {
        Directory = Path.GetFullPath(Directory);
        // Our own projects bring files in the way that packages do, but there is no folder of theirs.
        var origins = Files
            .Select(file => (Path: PathOf(file), Package: file.GetMetadata("NuGetPackageId"), Version: file.GetMetadata("NuGetPackageVersion"), Kind: file.GetMetadata("AssetType")))
            .Where(file => file.Package.Length > 0 && System.IO.Directory.Exists(FolderOf(file.Package, file.Version)))
            .ToLookup(file => file.Path);
        var published = System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories)
            .Select(path => path.Substring(Directory.TrimEnd(Path.DirectorySeparatorChar).Length + 1).Replace('\\', '/'))
            .Where(path => path != FileName)
            .OrderBy(path => path, StringComparer.Ordinal)
            .Select(path => origins[path].DefaultIfEmpty((Path: path, Package: string.Empty, Version: string.Empty, Kind: string.Empty)).First())
            .ToList();
        var own = published.Where(file => file.Package.Length == 0).Select(file => FileOf(file.Path, false));
        var packages = published.Where(file => file.Package.Length > 0)
            .GroupBy(file => (file.Package, file.Version))
            .OrderBy(package => package.Key.Package, StringComparer.OrdinalIgnoreCase)
            .Select(package => PackageOf(package.Key.Package, package.Key.Version, package.Select(file => FileOf(file.Path, file.Kind == "native"))));
        var frameworks = (Framework ?? Array.Empty<ITaskItem>()).Select(item => item.ItemSpec).Distinct().OrderBy(name => name, StringComparer.Ordinal)
            .Select(name => Object(("type", Text("framework")), ("name", Text(name)), ("version", Text(FrameworkVersion)), ("scope", Text("required"))));
        var subject = Object(("type", Text("application")), ("bom-ref", Text(Name)), ("name", Text(Name)), ("version", Text(Version)), ("components", List(own)));
        var properties = List(new[] { Property("vcp:platform", string.IsNullOrEmpty(Platform) ? "any" : Platform) });
        var document = Object(
            ("$schema", Text("http://cyclonedx.org/schema/bom-1.6.schema.json")),
            ("bomFormat", Text("CycloneDX")),
            ("specVersion", Text("1.6")),
            ("version", "1"),
            ("metadata", Object(("component", subject), ("properties", properties))),
            ("components", List(packages.Concat(frameworks))));
        File.WriteAllText(Path.Combine(Directory, FileName), document + "\n", new UTF8Encoding(false));
        return true;
    }

    private string PackageOf(string id, string version, IEnumerable<string> files)
    {
        var folder = FolderOf(id, version);
        var purl = "pkg:nuget/" + id + "@" + version;
        var members = new List<(string, string)> { ("type", Text("library")), ("bom-ref", Text(purl)), ("name", Text(id)), ("version", Text(version)), ("scope", Text("required")) };
        var hash = Path.Combine(folder, (id + "." + version + ".nupkg.sha512").ToLowerInvariant());
        if (File.Exists(hash))
        {
            members.Add(("hashes", List(new[] { Hash("SHA-512", Convert.FromBase64String(File.ReadAllText(hash).Trim())) })));
        }

        var specification = Path.Combine(folder, id.ToLowerInvariant() + ".nuspec");
        var licence = File.Exists(specification) ? XDocument.Load(specification).Descendants().FirstOrDefault(element => element.Name.LocalName == "license") : null;
        if (licence != null && (string)licence.Attribute("type") == "expression")
        {
            members.Add(("licenses", List(new[] { Object(("expression", Text(licence.Value))) })));
        }

        members.Add(("purl", Text(purl)));
        // What packages.lock.json holds: the package without its signature.
        var metadata = Path.Combine(folder, ".nupkg.metadata");
        var content = File.Exists(metadata) ? Regex.Match(File.ReadAllText(metadata), "\"contentHash\": *\"([^\"]+)\"") : Match.Empty;
        if (content.Success)
        {
            members.Add(("properties", List(new[] { Property("vcp:contentHash", content.Groups[1].Value) })));
        }

        members.Add(("components", List(files)));
        return Object(members.ToArray());
    }

    private static string PathOf(ITaskItem file) => file.GetMetadata("RelativePath").Replace('\\', '/');

    private string FolderOf(string id, string version) => Path.Combine(Packages, id.ToLowerInvariant(), version.ToLowerInvariant());

    private string FileOf(string path, bool isNative)
    {
        using (var algorithm = SHA256.Create())
        using (var stream = File.OpenRead(Path.Combine(Directory, path)))
        {
            return Object(
                ("type", Text("file")),
                ("name", Text(path)),
                ("hashes", List(new[] { Hash("SHA-256", algorithm.ComputeHash(stream)) })),
                ("properties", List(new[] { Property("vcp:native", isNative ? "true" : "false") })));
        }
    }

    private static string Hash(string algorithm, byte[] value) =>
        Object(("alg", Text(algorithm)), ("content", Text(BitConverter.ToString(value).Replace("-", string.Empty).ToLowerInvariant())));

    private static string Property(string name, string value) => Object(("name", Text(name)), ("value", Text(value)));

    private static string List(IEnumerable<string> items) => "[" + string.Join(",", items) + "]";

    private static string Object(params (string Name, string Value)[] members) =>
        "{" + string.Join(",", members.Select(member => Text(member.Name) + ":" + member.Value)) + "}";

    private static string Text(string value) =>
        "\"" + string.Concat(value.Select(one => one == '"' || one == '\\' ? "\\" + one : one < ' ' ? "\\u" + ((int)one).ToString("x4") : one.ToString())) + "\"";
}
