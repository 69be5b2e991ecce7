using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Podwall.Tests.Agent;

/// <summary>The image that <c>eng/image</c> builds, with no registry and no network.</summary>
public sealed class ImageTests : IDisposable
{
    private static readonly string Published = Programs.Published("podwall-agent");

    private readonly string folder = Directory.CreateTempSubdirectory("podwall-image").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_is_the_static_binary_and_runs_with_nothing_beside_it()
    {
        var stop = TestContext.Current.CancellationToken;
        Assert.SkipUnless(File.Exists(Published), "podwall-agent is not published; eng/publish does it");
        Assert.SkipUnless(File.Exists("/usr/bin/buildah"), "there is no buildah; eng/setup installs it");
        // A store of its own, so that this machine keeps no image of a test.
        var store = Path.Combine(folder, "storage.conf");
        await File.WriteAllTextAsync(store, $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{folder}/graph\"\nrunroot = \"{folder}/run\"\n", stop);
        var archive = Path.Combine(folder, "agent.tar");
        var (code, said) = await RunAsync(Checkout.At("eng", "image"), [archive], store);
        Assert.True(code == 0, said);

        var unpacked = Directory.CreateDirectory(Path.Combine(folder, "unpacked")).FullName;
        await TarFile.ExtractToDirectoryAsync(archive, unpacked, overwriteFiles: false, stop);
        var manifest = Blob(Json("index.json").GetProperty("manifests")[0]);
        Assert.Equal("/podwall-agent", Assert.Single(Blob(manifest.GetProperty("config")).GetProperty("config").GetProperty("Entrypoint").EnumerateArray()).GetString());
        var layer = Assert.Single(manifest.GetProperty("layers").EnumerateArray());
        var root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        await using (var packed = File.OpenRead(PathOf(layer)))
        await using (GZipStream tar = new(packed, CompressionMode.Decompress))
            await TarFile.ExtractToDirectoryAsync(tar, root, overwriteFiles: false, stop);
        var file = Assert.Single(Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories));
        Assert.Equal(await File.ReadAllBytesAsync(Published, stop), await File.ReadAllBytesAsync(file, stop));

        (code, said) = await RunAsync("unshare", ["-r", "chroot", root, "/podwall-agent", "--version"]);
        Assert.True(code == 0, said);
        Assert.Matches(@"^\d+\.\d+\.\d+", said);

        JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(unpacked, path))).RootElement;
        string PathOf(JsonElement described) => Path.Combine(unpacked, "blobs", described.GetProperty("digest").GetString()!.Replace(':', '/'));
        JsonElement Blob(JsonElement described) => Json(PathOf(described));
    }

    private static async Task<(int Code, string Said)> RunAsync(string file, IEnumerable<string> arguments, string store = "")
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CONTAINERS_STORAGE_CONF"] = store;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
