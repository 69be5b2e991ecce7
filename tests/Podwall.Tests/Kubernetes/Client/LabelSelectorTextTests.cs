using System.Text.Json;
using CsCheck;
using Podwall.Kubernetes.Client;
using Podwall.Policy;
using Podwall.Tests.Lab.Patching;

namespace Podwall.Tests.Kubernetes.Client;

public sealed class LabelSelectorTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \t", "")]
    [InlineData("a=b,c==d,e!=f,g in (x,y),h notin (z),i,!j", "a=b,c=d,e!=f,g in (x,y),h!=z,i,!j")]
    [InlineData("a = b", "a=b")]
    [InlineData("a=,b==", "a=,b=")]
    [InlineData("a in ()", "a=")]
    [InlineData("a in (,x)", "a in (,x)")]
    [InlineData("in in (in,notin)", "in in (in,notin)")]
    [InlineData("example.com/a in (b)", "example.com/a=b")]
    public void Selectors_are_read_and_written(string text, string formatted)
    {
        var selector = LabelSelectorText.Parse(text);
        Assert.Equal(formatted, LabelSelectorText.Format(selector));
        Assert.Equal(selector, LabelSelectorText.Parse(formatted));
    }

    [Theory]
    [InlineData("a!=b", true)]
    [InlineData("a notin (b,c)", true)]
    [InlineData("!a", true)]
    [InlineData("a=b", false)]
    [InlineData("a", false)]
    public void A_missing_key_satisfies_the_negative_terms(string text, bool selects) => Assert.Equal(selects, LabelSelectorText.Parse(text).Selects(Labels.None));

    [Theory]
    [InlineData("a b c", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("a=b,", "found '', expected: identifier after ','")]
    [InlineData("!a=b", "found '=', expected: ',' or 'end of string'")]
    [InlineData("!", "unable to parse requirement: found '', expected: identifier")]
    [InlineData("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier")]
    [InlineData("a in (b,", "unable to parse requirement: found '', expected: ',', or identifier")]
    [InlineData("a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'")]
    [InlineData("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [InlineData("=b", "found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("a=b c", "found 'c', expected: ',' or 'end of string'")]
    [InlineData("a===b", "unable to parse requirement: found '=', expected: identifier")]
    [InlineData("a<x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("a>1", "unable to parse requirement: 'a>1': comparisons of label values are not supported")]
    public void Faults_have_the_servers_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => LabelSelectorText.Parse(text)).Message);

    [Fact]
    public void Keys_and_values_are_checked()
    {
        Assert.StartsWith("unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a qualified name must", Assert.Throws<FormatException>(() => LabelSelectorText.Parse("a/b/c=d")).Message);
        Assert.StartsWith("unable to parse requirement: values[0][a]: Invalid value: \"b\\\"c\": a valid label must", Assert.Throws<FormatException>(() => LabelSelectorText.Parse("a=b\"c")).Message);
        Assert.StartsWith("unable to parse requirement: [values[0][a]: Invalid value: \"-x\": ", Assert.Throws<FormatException>(() => LabelSelectorText.Parse("a in (-y,-x)")).Message);
    }

    private static readonly string[] Pieces = ["a", "b", "in", "notin", "(", ")", ",", "=", "==", "!=", "!", " ", "-x", "a/b", "a in (a", "b=a"];

    private static readonly Gen<string> Texts = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[1, 9].Select(string.Concat);

    // A disruption budget holds its selector as parsed; without an integer it cannot hold comparisons.
    [Fact]
    public void Kubectl_reads_the_same()
    {
        LocalKubectl.Require();
        Texts.Where(t => !t.Contains(",,)") && t.Trim().Length > 0).Sample(Compare, iter: Effort.Times(20), threads: 2);
    }

    private static void Compare(string text)
    {
        var (succeeded, output) = LocalKubectl.Run("create", "pdb", "x", "--min-available=1", "--dry-run=client", "-o", "json", $"--selector={text}");
        // It has no words for the two in an object's selector.
        if (!succeeded && output.Contains("is not a valid label selector operator"))
            return;
        try
        {
            var selector = LabelSelectorText.Parse(text);
            Assert.True(succeeded, $"'{text}' is wrong: {output}");
            Assert.Equal(Selector.Of(Terms(JsonDocument.Parse(output).RootElement.GetProperty("spec").GetProperty("selector"))), selector);
        }
        catch (FormatException e)
        {
            Assert.False(succeeded, $"'{text}' is right, not: {e.Message}");
            Assert.Contains(e.Message, output);
        }
    }

    private static IEnumerable<Requirement> Terms(JsonElement selector)
    {
        if (selector.TryGetProperty("matchLabels", out var labels))
            foreach (var label in labels.EnumerateObject())
                yield return new Requirement.OneOf(label.Name, [label.Value.GetString()!]);
        if (selector.TryGetProperty("matchExpressions", out var terms))
            foreach (var term in terms.EnumerateArray())
            {
                var key = term.GetProperty("key").GetString()!;
                ValueList<string> values = term.TryGetProperty("values", out var list) ? list.EnumerateArray().Select(v => v.GetString()!).ToValueList() : [];
                yield return term.GetProperty("operator").GetString() switch
                {
                    "In" => new Requirement.OneOf(key, values),
                    "NotIn" => new Requirement.NoneOf(key, values),
                    "Exists" => new Requirement.Present(key),
                    _ => new Requirement.Absent(key),
                };
            }
    }
}
