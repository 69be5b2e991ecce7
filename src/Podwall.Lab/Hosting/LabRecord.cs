using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>What is written down of a lab that runs by itself, in a directory that is its user's alone.</summary>
public sealed record LabRecord(string Name, int Nodes, IpFamilies Families, IReadOnlyList<string> Manifests, int Port)
{
    internal const string HomeVariable = "PODWALL_LAB_HOME";

    // sun_path of unix(7), with the zero at its end.
    private const int LongestSocket = 107;

    private const string File = "lab.json";

    /// <summary>Of the socket on <see cref="Port"/>, in the lab's own process.</summary>
    public int Listening { get; init; }

    /// <summary>The process that all of the lab ends with, as the host counts; 0 before it runs.</summary>
    public int Process { get; init; }

    /// <summary>The lab's first process, as the host counts; 0 before it is up.</summary>
    public int First { get; init; }

    /// <summary>When <see cref="Process"/> began, in the kernel's ticks: numbers of processes are given again.</summary>
    public string Began { get; init; } = "";

    /// <summary>The same of <see cref="First"/>.</summary>
    public string FirstBegan { get; init; } = "";

    public DateTimeOffset Since { get; init; }

    /// <summary>It goes down when the process that brought it up ends, however that ends.</summary>
    public bool EndsWithItsMaker { get; init; }

    [JsonIgnore]
    public LabSize Size => new(Nodes, Families);

    [JsonIgnore]
    public string Folder => FolderOf(Name);

    [JsonIgnore]
    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    [JsonIgnore]
    public string Log => Path.Combine(Folder, "log");

    /// <summary>A mount of its own, seen inside only.</summary>
    [JsonIgnore]
    internal string Inside => InsideOf(Name);

    /// <summary>The API for those inside.</summary>
    [JsonIgnore]
    internal string Socket => SocketOf(Name);

    [JsonIgnore]
    public bool IsAlive => Began.Length > 0 && BeginningOf(Process) == Began;

    /// <summary>Something of it is left: the first process ends after all others.</summary>
    [JsonIgnore]
    public bool IsThere => IsAlive || (FirstBegan.Length > 0 && BeginningOf(First) == FirstBegan);

    private static readonly string? Named = Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } named ? named : null;

    /// <summary>Where labs of this user are written down.</summary>
    public static string Home { get; } = Named is not null ? Named
        : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime) ? Path.Combine(runtime, "podwall")
        : Path.Combine(Path.GetTempPath(), $"podwall-{Environment.UserName}");

    public static string FolderOf(string name) => Path.Combine(Home, name);

    private static string InsideOf(string name) => Path.Combine(FolderOf(name), "inside");

    private static string SocketOf(string name) => Path.Combine(InsideOf(name), "api.sock");

    /// <exception cref="LabException">Somebody else has made the place, or it cannot be made.</exception>
    internal static void MakeFolder(string name)
    {
        const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (Encoding.UTF8.GetByteCount(SocketOf(name)) > LongestSocket)
            throw new LabException($"{SocketOf(name)} is too long a path for a socket ({LongestSocket} bytes); set {HomeVariable} to a directory of your own with a shorter one");
        try
        {
            Directory.CreateDirectory(Home, OwnersAlone);
            // A directory that the user named is the user's to guard. The name of ours anybody may guess: only the owner may set modes, and a
            // link would lead to where others write.
            if (Named is null && new DirectoryInfo(Home).LinkTarget is not null)
                throw new LabException($"{Home} is a link; take it away");
            if (Named is null)
                System.IO.File.SetUnixFileMode(Home, OwnersAlone);
            Directory.CreateDirectory(FolderOf(name), OwnersAlone);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"labs are written down in {Home}, which cannot be used: {refused.Message} Set XDG_RUNTIME_DIR to a directory of your own");
        }
    }

    /// <summary>Null where there is no lab of that name.</summary>
    /// <exception cref="LabException">What is written there is no record.</exception>
    public static LabRecord? Find(string name)
    {
        try
        {
            return JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(Path.Combine(FolderOf(name), File)), LabRecordJson.Default.LabRecord);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{FolderOf(name)} cannot be read: {broken.Message} 'podwall lab down --name {name}' takes it away");
        }
    }

    /// <summary>The names of all labs of this user.</summary>
    public static IEnumerable<string> Names => Directory.Exists(Home) ? Directory.EnumerateDirectories(Home).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal) : [];

    /// <summary>When a process began, in the kernel's ticks; empty where there is none (<c>proc_pid_stat(5)</c>, field 22).</summary>
    public static string BeginningOf(int process)
    {
        try
        {
            var stat = System.IO.File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            // The name of a program may hold anything but ends with the last bracket.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            // A dead one waits as Z; so does its first thread, while others may still be at it.
            var isDead = fields[0] is "Z" or "X" && Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")).Length <= 1;
            return isDead ? "" : fields[19];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public void Save()
    {
        var draft = Path.Combine(Folder, $"{File}.new");
        System.IO.File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(this, LabRecordJson.Default.LabRecord));
        System.IO.File.Move(draft, Path.Combine(Folder, File), overwrite: true);
    }
}

[JsonSerializable(typeof(LabRecord))]
internal sealed partial class LabRecordJson : JsonSerializerContext;
