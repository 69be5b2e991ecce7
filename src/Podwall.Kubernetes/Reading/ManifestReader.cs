namespace Podwall.Kubernetes;

/// <summary>From YAML and JSON to a cluster: the way in for everything offline.</summary>
public static class ManifestReader
{
    /// <summary>
    /// Reads all sources and finds all that is wrong with them; it never throws for what they hold. Objects with errors
    /// take part as far as they could be read, so look at <see cref="Manifests.HasErrors"/> first.
    /// </summary>
    public static Manifests Read(IEnumerable<ManifestSource> sources, ReadingOptions? options = null)
    {
        options ??= ReadingOptions.Default;
        List<Diagnostic> diagnostics = [];
        SourceReader reader = new(options.Limits, new StringPool(), diagnostics, options.Memory);
        ManifestSplitter splitter = new(diagnostics);
        ObjectCollector collector = new(options, diagnostics);
        foreach (var source in sources)
            foreach (var document in reader.Read(source))
                foreach (var manifest in splitter.Split(document))
                    collector.Take(manifest);
        options.Memory?.Turn();
        return new ClusterAssembly(collector, options, diagnostics, reader.Remarks).Assemble();
    }

    public static Manifests Read(params IEnumerable<(string Name, string Text)> texts) =>
        Read(texts.Select(t => ManifestSource.OfText(t.Name, t.Text)));
}
