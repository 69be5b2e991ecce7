using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes;

namespace Podwall.Tests.Kubernetes;

/// <summary>163 objects that were sent to a real API server, and what it said.</summary>
public class TruthTests
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Truth = new(() =>
        Corpus.Json("validation/truth.json").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!));

    public static TheoryData<string> Names => [.. Corpus.Directory is null ? ["(no corpus)"] : Truth.Value.Keys.AsEnumerable()];

    [Theory, MemberData(nameof(Names))]
    public void The_verdict_equals_the_API_servers(string name)
    {
        Corpus.Require();
        var truth = Truth.Value[name];
        var review = PolicyReview.Of(Body(truth), FieldValidation.Strict);
        // Whether the namespace exists is the server's business, not the object's.
        if (truth.GetProperty("httpStatus").GetInt32() == 404)
        {
            Assert.True(review.IsAccepted);
            return;
        }

        Assert.Equal(truth.GetProperty("message").GetString(), review.Message);
        Assert.Equal(truth.GetProperty("httpStatus").GetInt32(), review.HttpStatus);
        Assert.Equal(truth.GetProperty("reason").GetString(), review.Reason);
        Assert.Equal(
            truth.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("field").GetString(), e.GetProperty("type").GetString(), e.GetProperty("message").GetString())),
            review.Causes.Select(c => ((string?)c.Field.ToString(), (string?)c.Type.Name(), (string?)c.Message)));
        AssertSpec(truth, "resultSpec", review);
    }

    [Theory, MemberData(nameof(Names))]
    public void With_field_validation_Warn_the_verdict_and_the_warnings_equal_the_API_servers(string name)
    {
        Corpus.Require();
        var truth = Truth.Value[name];
        if (truth.GetProperty("httpStatus").GetInt32() == 404)
            return;
        var review = PolicyReview.Of(Body(truth), FieldValidation.Warn);
        Assert.Equal(truth.GetProperty("acceptedFieldValidationWarn").GetBoolean(), review.IsAccepted);
        Assert.Equal(
            truth.GetProperty("warningsFieldValidationWarn").EnumerateArray().Select(w => w.GetString()),
            review.Warnings.Select(w => $"299 - \"{w.Replace("\"", "\\\"")}\""));
        AssertSpec(truth, "resultSpecFieldValidationWarn", review);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_manifest_reader_accepts_what_the_API_server_accepts(string name)
    {
        Corpus.Require();
        var truth = Truth.Value[name];
        var manifests = ManifestReader.Read((name, truth.GetProperty("yaml").GetString()!));
        var isAccepted = truth.GetProperty("accepted").GetBoolean() || truth.GetProperty("httpStatus").GetInt32() == 404;
        Assert.Equal(!isAccepted, manifests.HasErrors);
        Assert.All(manifests.Diagnostics.Where(d => d.Severity == Severity.Error), d => Assert.NotEqual("", d.Fix));
        Assert.All(manifests.Diagnostics, d => Assert.NotNull(d.Position));
    }

    private static byte[] Body(JsonElement truth) => Encoding.UTF8.GetBytes(truth.GetProperty("yaml").GetString()!);

    private static void AssertSpec(JsonElement truth, string property, PolicyReview review)
    {
        if (!truth.TryGetProperty(property, out var expected))
            return;
        using var written = new MemoryStream();
        using (var json = new Utf8JsonWriter(written))
            PolicyJson.Write(json, review.Policy!.Spec);
        var actual = Encoding.UTF8.GetString(written.ToArray());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.GetRawText()), JsonNode.Parse(actual)), $"expected {expected.GetRawText()}\nactual {actual}");
    }
}
