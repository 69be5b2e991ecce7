using Podwall.Kubernetes.Client;

namespace Podwall.Tests.Kubernetes.Client;

public sealed class FieldSelectorTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(",,", "")]
    [InlineData("metadata.name=web", "metadata.name is 'web'")]
    [InlineData("metadata.name==web,metadata.namespace!=default", "metadata.name is 'web'; metadata.namespace is not 'default'")]
    [InlineData("a=", "a is ''")]
    [InlineData(@"a=b\,c\=d\\e", @"a is 'b,c=d\e'")]
    [InlineData("a= b ", "a is ' b '")]
    [InlineData("=b", " is 'b'")]
    public void Terms_are_read(string text, string expected) =>
        Assert.Equal(expected, string.Join("; ", FieldSelectorText.Parse(text).Select(t => $"{t.Field} is{(t.IsEqual ? "" : " not")} '{t.Value}'")));

    [Theory]
    [InlineData("a", "invalid selector: 'a'; can't understand 'a'")]
    [InlineData("a=b,c", "invalid selector: 'a=b,c'; can't understand 'c'")]
    [InlineData("a=b=c", "invalid field selector: unescaped character in value: 61")]
    [InlineData(@"a=\b", @"invalid field selector: invalid escape sequence: \b")]
    [InlineData(@"a=b\", @"invalid field selector: invalid escape sequence: \")]
    public void Faults_have_the_servers_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => FieldSelectorText.Parse(text)).Message);
}
