namespace Podwall.BrowserTests;

/// <summary>Manifests that a page must show and never execute.</summary>
internal static class Hostile
{
    public const string Evil = "<img src=x onerror='hit=1'><script>hit=1</script>";

    /// <summary>Objects that the API server takes, with markup wherever nobody checks.</summary>
    public static string Cluster => $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, annotations: {{a: \"{Evil}\"}}}}\n---\n" + Pod("web", Evil) + Pod("db", Evil);

    public static string Policy => $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop, annotations: {{podwall.dev/x: \"{Evil}\"}}}}\nspec: {{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: nobody}}}}}}]}}]}} # {Evil}\n";

    /// <summary>Objects that it refuses, which findings repeat.</summary>
    public static string Refused => Pod(Evil, Evil) + $"apiVersion: networking.k8s.io/v1\nkind: \"{Evil}\"\nmetadata: {{name: \"{Evil}\", namespace: \"{Evil}\", labels: {{\"{Evil}\": \"{Evil}\"}}}}\n";

    public static async Task AssertNothingRanAsync(Visit visit) =>
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.hit === undefined && document.querySelectorAll('img[src=x], body script:not([src])').length === 0"));

    private static string Pod(string name, string note) => $"apiVersion: v1\nkind: Pod\nmetadata: {{name: \"{name}\", namespace: shop, labels: {{app: {(name == Evil ? $"\"{Evil}\"" : name)}}}, annotations: {{n: \"{note}\"}}}}\nspec: {{containers: [{{name: c, image: \"{note}\"}}]}}\n---\n";
}
