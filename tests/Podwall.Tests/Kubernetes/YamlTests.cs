using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

public class YamlTests
{
    [Theory]
    [InlineData("no", ScalarType.Boolean, "false")]
    [InlineData("On", ScalarType.Boolean, "true")]
    [InlineData("yes", ScalarType.Boolean, "true")]
    [InlineData("y", ScalarType.Boolean, "true")]
    [InlineData("010", ScalarType.Number, "8")]
    [InlineData("0o10", ScalarType.Number, "8")]
    [InlineData("08", ScalarType.Number, "8")]
    [InlineData("0x1F", ScalarType.Number, "31")]
    [InlineData("0b101", ScalarType.Number, "5")]
    [InlineData("-0b101", ScalarType.Number, "-5")]
    [InlineData("8_080", ScalarType.Number, "8080")]
    [InlineData("8e1", ScalarType.Number, "80")]
    [InlineData("80.0", ScalarType.Number, "80")]
    [InlineData("80.5", ScalarType.Number, "80.5")]
    [InlineData("+1", ScalarType.Number, "1")]
    [InlineData(".5", ScalarType.Number, "0.5")]
    [InlineData("1e400", ScalarType.Text, "1e400")]
    [InlineData("18446744073709551615", ScalarType.Number, "18446744073709551615")]
    [InlineData("99999999999999999999999", ScalarType.Number, "99999999999999999999999")]
    [InlineData(".inf", ScalarType.Number, "+Inf")]
    [InlineData("~", ScalarType.Null, "")]
    [InlineData("null", ScalarType.Null, "")]
    [InlineData("", ScalarType.Null, "")]
    [InlineData("2001-12-14", ScalarType.Text, "2001-12-14")]
    [InlineData("1.2.3.4", ScalarType.Text, "1.2.3.4")]
    [InlineData("10.0.0.0/8", ScalarType.Text, "10.0.0.0/8")]
    [InlineData("12:30:45", ScalarType.Text, "12:30:45")]
    [InlineData("0x", ScalarType.Text, "0x")]
    [InlineData("-", ScalarType.Text, "-")]
    [InlineData("_", ScalarType.Text, "_")]
    public void A_plain_scalar_means_what_go_yaml_says(string written, ScalarType type, string text) =>
        Assert.Equal((type, text), YamlScalars.Resolve(written, null, isPlain: true));

    [Fact]
    public void A_quoted_scalar_is_text_and_a_tag_decides() => Assert.Equal(
        [(ScalarType.Text, "80"), (ScalarType.Text, "80"), (ScalarType.Number, "80")],
        [
            YamlScalars.Resolve("80", null, isPlain: false),
            YamlScalars.Resolve("80", "tag:yaml.org,2002:str", isPlain: true),
            YamlScalars.Resolve("80", "tag:yaml.org,2002:int", isPlain: false),
        ]);

    [Fact]
    public void Windows_line_ends_comments_and_a_byte_order_mark_are_fine()
    {
        var manifests = Reading.Of("\uFEFF# first\r\n" + Reading.PolicyHead.Replace("\n", "\r\n") + "spec:\r\n  podSelector: {} # all\r\n---\r\n# nothing here\r\n---\r\n");
        Assert.False(manifests.HasErrors);
        Assert.Equal(Selector.Everything, manifests.OnlyPolicy().Subject);
    }

    [Fact]
    public void Anchors_aliases_and_merge_keys_are_followed()
    {
        var policy = Reading.Of(Reading.PolicyHead + """
            spec:
              podSelector: {matchLabels: &l {a: b, c: d}}
              ingress:
              - from:
                - podSelector: {matchLabels: {<<: *l, c: other}}
                - podSelector: {matchLabels: *l}
            """).OnlyPolicy();
        Assert.Equal(Selector.Of(("a", "b"), ("c", "d")), policy.Subject);
        Assert.Equal(new Peer.PodsHere(Selector.Of(("a", "b"), ("c", "other"))), policy.Ingress!.Value[0].Peers[0]);
        Assert.Equal(new Peer.PodsHere(policy.Subject), policy.Ingress!.Value[0].Peers[1]);
    }

    [Theory]
    [InlineData("a: *nowhere", "unknown anchor 'nowhere' referenced")]
    [InlineData("a: &x {b: *x}", "anchor 'x' value contains itself")]
    [InlineData("a: {<<: 5}", "map merge requires map")]
    [InlineData("? [a, b]\n: c", "a mapping key must be a plain value")]
    [InlineData("a: {~: 1}", "a mapping key is missing")]
    [InlineData("a: [b, c", "did not find expected ',' or ']'")]
    [InlineData("a: \"b", "broken YAML")]
    [InlineData("a: b: c", "broken YAML")]
    [InlineData("a:\n  - b\n c: d", "broken YAML")]
    [InlineData("a: @b", "broken YAML")]
    public void Broken_YAML_names_the_line_and_a_way_out(string text, string message)
    {
        var error = Reading.Of($"# one\n{text}\n").OnlyError();
        Assert.Contains(message, error.Message);
        Assert.Equal(DiagnosticCodes.BrokenSyntax, error.Code);
        Assert.InRange(error.Position!.Value.Line, 2, 5);
        Assert.NotEmpty(error.Fix);
    }

    [Theory]
    [InlineData("spec:\n\tpodSelector: {}\n", 5)]
    [InlineData("spec:\n  a: b\n\tpodSelector: {}\n", 6)]
    [InlineData("spec:\n  \tpodSelector: {}\n", 5)]
    [InlineData("spec:\n  ingress:\n  -\tfrom: []\n\t  ports: []\n", 6)]
    [InlineData("spec:\n  podSelector:\n\t{}\n", 6)]
    [InlineData("spec:\n  podSelector: {\n\tmatchLabels: {a: b}}\n", 6)]
    public void Indentation_with_tabs_is_refused_and_says_so(string text, int line)
    {
        var error = Reading.Of(Reading.PolicyHead + text).OnlyError();
        Assert.Contains("tab", error.Message);
        Assert.Contains("spaces", error.Fix);
        Assert.Equal(line, error.Position!.Value.Line);
    }

    [Fact]
    public void Tabs_elsewhere_are_fine() => Assert.Equal("", string.Join('\n', Reading.Of(
        Reading.PolicyHead + "spec:\t# another\n  podSelector:\t{matchLabels:\t{a: b}\t}\t\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    all:\n    \tmake\n").Errors()));

    [Fact]
    public void A_mistake_in_one_document_hides_nothing_in_the_others()
    {
        var manifests = Reading.Of(Reading.PolicyHead + "spec: {\n---\n" + Reading.PolicyHead + "spec: {policyTypes: [ingress]}\n---\na: b: c\n");
        Assert.Equal([5, 9, 11], manifests.Errors().Select(e => e.Position!.Value.Line).Order());
    }

    [Fact]
    public void A_Helm_template_is_recognised_by_its_braces()
    {
        var error = Reading.Of("metadata:\n  name: {{ .Release.Name }}\n").OnlyError();
        Assert.Contains("helm template", error.Fix);
    }

    [Fact]
    public void An_unquoted_y_is_the_letter_with_a_warning()
    {
        var manifests = Reading.Of("apiVersion: v1\nkind: Namespace\nmetadata: {name: y}\n");
        Assert.Equal("y", manifests.Snapshot.Namespaces[0].Name);
        Assert.Equal(DiagnosticCodes.AmbiguousLetter, Assert.Single(manifests.Diagnostics).Code);
    }

    [Fact]
    public void Directives_stay_with_their_document() =>
        Assert.False(Reading.Of("%YAML 1.1\n# c\n---\n" + Reading.PolicyHead + "spec: {}\n...\n").HasErrors);

    [Fact]
    public void Separators_inside_block_scalars_do_not_cut() =>
        Assert.Equal(1, Reading.Of("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    ---\n    b\n").OtherKinds.Single().Count);
}
