using System.Text;
using Podwall.Kubernetes;

namespace Podwall.Tests.Kubernetes;

public class JsonTests
{
    private const string Policy = """{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p"},"spec":{"podSelector":{}}}""";

    [Fact]
    public void JSON_is_read_and_values_may_follow_one_another() =>
        Assert.Equal(2, ManifestReader.Read(("a.json", Policy + "\n" + Policy.Replace("\"p\"", "\"q\""))).Snapshot.Policies.Count());

    [Fact]
    public void Positions_in_JSON_count_characters()
    {
        var error = Reading.Of("{\"apiVersion\":\"networking.k8s.io/v1\",\n \"kind\":\"NetworkPolicy\", \"é\":1,\"metadata\":{\"name\":5}}").Errors().Single(e => e.Field == "metadata.name");
        Assert.Equal((2, 51), (error.Position!.Value.Line, error.Position.Value.Column));
    }

    [Fact]
    public void Duplicate_fields_in_JSON_are_named_by_path()
    {
        var body = Policy.Replace("\"podSelector\":{}", "\"podSelector\":{},\"podSelector\":{},\"zz\":1");
        Assert.Equal(
            "NetworkPolicy in version \"v1\" cannot be handled as a NetworkPolicy: strict decoding error: duplicate field \"spec.podSelector\", unknown field \"spec.zz\"",
            PolicyReview.Of(Encoding.UTF8.GetBytes(body), FieldValidation.Strict).Message);
    }

    [Theory]
    [InlineData("80.0", "number 80.0")]
    [InlineData("{}", "object")]
    [InlineData("[]", "array")]
    public void A_JSON_port_must_be_an_integer_or_a_string(string port, string what)
    {
        var review = PolicyReview.Of(Encoding.UTF8.GetBytes(Policy.Replace("\"podSelector\":{}", $"\"ingress\":[{{\"ports\":[{{\"port\":{port}}}]}}]")), FieldValidation.Strict);
        Assert.EndsWith($"json: cannot unmarshal {what} into Go struct field NetworkPolicyPort.spec.ingress.ports.port of type int32", review.Message);
    }

    [Fact]
    public void Flow_YAML_that_looks_like_JSON_is_read_as_YAML() =>
        Assert.Equal("p", Reading.Of("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}}").OnlyPolicy().Id.Name);

    [Fact]
    public void Broken_JSON_names_its_line() =>
        Assert.Equal(2, ManifestReader.Read(("a.json", "{\n \"a\": ]\n}")).OnlyError().Position!.Value.Line);

    [Fact]
    public void Half_a_surrogate_pair_is_a_replacement_character() =>
        Assert.Contains("\uFFFD", ManifestReader.Read(("a.json", Policy.Replace("\"p\"", "\"\\ud800\""))).OnlyError().Message);
}
