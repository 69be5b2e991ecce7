using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using Podwall.Kubernetes;

namespace Podwall.Web.Explorer;

/// <summary>What js/worker.js calls: one explorer, alone in its worker.</summary>
[SupportedOSPlatform("browser")]
internal static partial class EngineWorker
{
    private static readonly LocalExplorer Explorer = new();

    [JSExport]
    internal static void Put(string[] names, string[] texts) => Explorer.Put(Files(names, texts));

    [JSExport]
    internal static void Keep(string[] names, string[] texts) => Explorer.Keep(names.Length == 0 ? null : Files(names, texts));

    [JSExport]
    internal static Task<string> Answer(string what, string question) => WorkerExplorer.AnswerAsync(Explorer, what, question);

    private static IEnumerable<ManifestSource> Files(string[] names, string[] texts) => names.Zip(texts, ManifestSource.OfText);
}
