using System.Text.Json;
using Podwall.Drawing;
using Podwall.Drawing.Mermaid;
using Podwall.Drawing.Svg;
using Podwall.Drawing.Text;
using Podwall.Explorer;
using Podwall.Kubernetes;

namespace Podwall.Tests.Explorer;

/// <summary>What a page is told about a cluster.</summary>
public sealed class ExplorationTests
{
    private const string Policy = "deny-from-other-namespaces.yaml";

    [Fact]
    public void A_denial_names_the_line_of_every_peer_that_did_not_match()
    {
        var answer = Assert.Single(Security(Policy).Ask(new("dev/shell", "prod/web:80")).Answers);
        Assert.False(answer.IsAllowed);
        var line = Assert.Single(answer.Sides[1].Rules);
        Assert.Equal(new(Policy, 14, 7), line.Where);
        Assert.Equal("the peer is in namespace dev; this selector looks in prod only", line.Miss);
        Assert.NotEmpty(answer.Remedies);
        Assert.Empty(Assert.Single(Security(Policy).Ask(new("dev/shell", "prod/web:80") { Remedies = false }).Answers).Remedies);
    }

    [Theory]
    [InlineData("", "prod/web:80")]
    [InlineData("dev/shell", "prod/wbe:80")]
    [InlineData("dev/shell:80", "prod/web")]
    [InlineData("dev/shell", "prod/web:http-nope")]
    [InlineData("<script>", "[::1")]
    public void A_question_that_means_nothing_is_answered_by_what_to_write(string from, string to)
    {
        var reply = Security(Policy).Ask(new(from, to));
        Assert.NotEmpty(reply.Problems);
        Assert.Empty(reply.Answers);
        Assert.DoesNotContain(reply.Problems, p => p.Contains("--", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_an_error_would_make_answers_a_guess_there_are_none()
    {
        var broken = Exploration.Of(ManifestReader.Read(("a.yaml", "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nmetadata: {name: x}\nspec: {podSelector: 3}\n")));
        Assert.False(broken.Overview().CanDecide);
        Assert.NotEmpty(broken.Overview().Findings);
        Assert.NotEmpty(broken.Ask(new("a/b", "c/d")).Problems);
        Assert.NotEqual("", broken.Board(new()).Problem);
        Assert.NotEqual("", broken.Matrix(new()).Problem);
        Assert.NotEqual("", broken.Changes().Problem);
    }

    [Fact]
    public void Changes_are_those_of_two_versions()
    {
        var after = Exploration.Of(Read(Policy), Security());
        Assert.Contains(after.Changes().Changes, c => c is { From: "dev/learner and 1 like it", To: "prod/client and 1 like it", Added: "", Removed: "everything" });
        Assert.DoesNotContain(after.Changes().Changes, c => c.From == "prod/client");
        BoardQuestion compared = new() { Compare = true };
        Assert.Contains(after.Board(compared).Arrows, a => a.Kind == "deny" && after.Reasons(new(compared, a.Sentence)) is [{ IsAllowed: true }, { IsAllowed: false }]);
        Assert.NotEqual("", Security().Changes().Problem);
    }

    [Fact]
    public void Filters_leave_out_pods_and_change_no_verdict()
    {
        var all = Security(Policy).Board(new());
        Assert.Contains("dev", all.Svg);
        var prod = Security(Policy).Board(new() { Namespaces = ["prod"] });
        Assert.DoesNotContain(">dev<", prod.Svg);
        Assert.Equal("prod/client and prod/web, both ways: everything.", Assert.Single(prod.Arrows).Sentence);
        Assert.Contains("No pod is left", Security(Policy).Board(new() { Search = "nobody-is-called-so" }).Problem);
        Assert.NotEqual("", Security(Policy).Board(new() { Labels = "a in (" }).Problem);
        Assert.NotEqual("", Security(Policy).Board(new() { Port = "http" }).Problem);
        Assert.Equal("prod/client and prod/web, both ways: TCP 80.", Assert.Single(Security(Policy).Board(new() { Namespaces = ["prod"], Port = "80" }).Arrows).Sentence);
    }

    // A cut cluster would lose the arrow from the other namespace, and call the backend closed.
    [Fact]
    public void A_filter_keeps_the_marks_of_the_whole_cluster_and_the_other_ends_of_arrows()
    {
        var cluster = Tiers();
        foreach (var question in (BoardQuestion[])[new() { Labels = "tier=database" }, new() { Search = "database" }, new() { Namespaces = ["apps"] }, new() { Centre = "apps/database" }])
        {
            var part = cluster.Board(question);
            Assert.NotEmpty(part.Arrows);
            // What holds of every pod of the namespace is one arrow where all of them are shown.
            Assert.Subset(cluster.Board(new()).Arrows.Select(a => a.Sentence).ToHashSet(), part.Arrows.Select(a => a.Sentence.Replace("apps/database to kube-system", "apps/* to kube-system", StringComparison.Ordinal)).ToHashSet());
            Assert.Contains("data-card=\"apps/backend\"", part.Svg);
            Assert.Subset(cluster.Board(new()).Facts.Where(f => f.StartsWith("apps/", StringComparison.Ordinal)).ToHashSet(), part.Facts.Where(f => f.StartsWith("apps/", StringComparison.Ordinal)).ToHashSet());
        }
    }

    [Fact]
    public void A_direction_may_be_asked_for_with_any_filter_and_with_none()
    {
        var cluster = Tiers();
        var (into, outOf) = (cluster.Board(new() { Labels = "tier=backend", Direction = "ingress" }), cluster.Board(new() { Labels = "tier=backend", Direction = "egress" }));
        Assert.All(into.Arrows, a => Assert.Contains("to apps/backend:", a.Sentence));
        Assert.All(outOf.Arrows, a => Assert.StartsWith("apps/backend to ", a.Sentence));
        Assert.NotEmpty(into.Arrows);
        Assert.NotEmpty(outOf.Arrows);
        Assert.NotEmpty(cluster.Board(new() { Direction = "ingress" }).Arrows);
    }

    [Fact]
    public void One_pod_alone_keeps_only_what_touches_it()
    {
        var around = Tiers().Board(new() { Centre = "apps/database" });
        Assert.NotEmpty(around.Arrows);
        Assert.All(around.Arrows, a => Assert.Contains("apps/database", a.Sentence));
        Assert.DoesNotContain("frontend", around.Svg);
        // What a card is marked with holds of the cluster, not of the part that is shown: the frontend reaches the backend.
        Assert.DoesNotContain("in: closed", around.Svg);
    }

    [Fact]
    public void A_matrix_says_what_each_row_may_send_to_each_column()
    {
        var matrix = Security(Policy).Matrix(new());
        var (shell, web) = (Index("dev/shell"), Index("prod/web"));
        Assert.Equal("none", matrix.Rows[shell][web].Kind);
        Assert.Equal("all", matrix.Rows[web][shell].Kind);
        Assert.Equal(new("self", "itself", "a pod always reaches itself"), matrix.Rows[web][web]);

        int Index(string name) => matrix.Senders.Select((e, i) => (e.Name, i)).First(e => e.Name == name).i;
    }

    [Fact]
    public void Rows_and_columns_are_grouped_each_as_asked_and_the_world_outside_is_one_of_them()
    {
        var matrix = Security(Policy).Matrix(new("label:app", "namespace"));
        Assert.Equal(["default", "dev", "prod", "outside"], matrix.Receivers.Select(e => e.Name));
        Assert.Equal("outside", matrix.Senders[^1].Name);
        Assert.All(matrix.Senders.SkipLast(1), s => Assert.True(s.Name.StartsWith("app=", StringComparison.Ordinal) || s.Name == "no app"));
        Assert.Equal(Security(Policy).Compiled.Snapshot.Pods.Count(), matrix.Senders.Sum(s => s.Pods));
        // Nothing outside reaches prod, and prod reaches all of it.
        Assert.Equal(["all", "all", "none", "self"], matrix.Rows[^1].Select(c => c.Kind));
        var pods = Security(Policy).Matrix(new("pod"));
        Assert.All(pods.Senders.Zip(pods.Rows).SkipLast(1), r => Assert.Equal("all", r.Second[^1].Kind));
    }

    [Fact]
    public void Of_some_addresses_a_cell_says_which()
    {
        var scenario = Exploration.Of(ManifestReader.Read(ManifestPaths.Expand([Checkout.At("k8s", "pods", "api-from-corporate")], new DiskFiles(() => Stream.Null))));
        var matrix = scenario.Matrix(new());
        Assert.Contains(matrix.Rows[^1], c => c.Label == "part" && c.Full.Contains("10.0.0.0", StringComparison.Ordinal));
    }

    [Fact]
    public void A_matrix_of_one_namespace_has_its_pods_alone()
    {
        Assert.Equal(["prod/client", "prod/web"], Security(Policy).Matrix(new("workload", Namespaces: ["prod"])).Senders.SkipLast(1).Select(e => e.Name));
        Assert.NotEqual("", Security(Policy).Matrix(new("workload", Namespaces: ["nowhere"])).Problem);
    }

    [Fact]
    public void What_is_cut_is_counted()
    {
        var pods = string.Concat(Enumerable.Range(0, 40).Select(i => $"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}, namespace: shop, labels: {{app: a{i}}}}}\nspec: {{containers: [{{name: c}}]}}\n"));
        var policies = string.Concat(Enumerable.Range(0, 40).Select(i => $"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: n{i}, namespace: shop}}\nspec: {{podSelector: {{matchLabels: {{app: a{i}}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: a{(i + 1) % 40}}}}}}}]}}]}}\n"));
        var changes = Exploration.Of(ManifestReader.Read(("a.yaml", pods + policies)), Exploration.Of(ManifestReader.Read(("a.yaml", pods)))).Changes();
        Assert.Equal(1_000, changes.Changes.Count);
        // Each pod loses 38 senders of the namespace, and everybody outside.
        Assert.Equal(40 * 38 + 40 - 1_000, changes.Omitted);
        Assert.Equal(0, Exploration.Of(Read(Policy), Security()).Changes().Omitted);
        var broken = Exploration.Of(ManifestReader.Read(("a.yaml", string.Concat(Enumerable.Range(0, 600).Select(i => $"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: n{i}}}\nspec: {{podSelector: 3}}\n"))))).Overview();
        Assert.Equal(500, broken.Findings.Count);
        Assert.True(broken.FindingCount >= 600 && broken.Errors >= 600);
    }

    [Fact]
    public void Every_arrow_gives_its_reason_and_one_that_is_gone_gives_none()
    {
        var cluster = Security(Policy);
        BoardQuestion question = new();
        Assert.All(cluster.Board(question).Arrows, a => Assert.NotEmpty(cluster.Reasons(new(question, a.Sentence))));
        Assert.Empty(cluster.Reasons(new(question, "prod/web to nobody: everything.")));
    }

    [Fact]
    public void A_card_can_be_looked_at_alone_by_what_it_says_of_itself()
    {
        var cluster = Security(Policy);
        foreach (var card in cluster.Board(new()).Cards)
        {
            Assert.Contains($"data-card=\"{card.Card}\"", cluster.Board(new()).Svg);
            var alone = cluster.Board(card.Centre.Length > 0 ? new() { Centre = card.Centre } : new() { Namespaces = [card.Namespace] });
            Assert.Equal("", alone.Problem);
            Assert.Contains($"data-card=\"{card.Card}\"", alone.Svg);
        }
    }

    [Fact]
    public void What_is_kept_is_what_podwall_draw_writes()
    {
        var cluster = Security(Policy);
        var board = Board.Of(cluster.Compiled);
        Assert.Equal(new("", BoardSvg.Draw(board)), cluster.Export(new(new() { Width = 777 }, BoardFormat.Svg)));
        Assert.Equal(new("", BoardMermaid.Draw(board)), cluster.Export(new(new(), BoardFormat.Mermaid)));
        Assert.Equal(new("", BoardMarkdown.Draw(board)), cluster.Export(new(new(), BoardFormat.Markdown)));
        Assert.NotEqual("", cluster.Export(new(new() { Search = "nobody-is-called-so" }, BoardFormat.Svg)).Problem);
    }

    [Fact]
    public void The_next_reading_answers_as_a_fresh_one_and_keeps_what_says_the_same()
    {
        var before = Security();
        var (next, fresh) = (before.Next(Read(Policy)), Security(Policy));
        Assert.Equal(fresh.Ask(new("dev/shell", "prod/web:80")).Answers[0].IsAllowed, next.Ask(new("dev/shell", "prod/web:80")).Answers[0].IsAllowed);
        Assert.Equal(fresh.Board(new()).Svg, next.Board(new()).Svg);
        Assert.Same(before.Compiled.Snapshot.Find("dev"), next.Compiled.Snapshot.Find("dev"));
        Assert.NotSame(before.Compiled.Snapshot.Find("prod"), next.Compiled.Snapshot.Find("prod"));
    }

    [Fact]
    public void Answers_survive_the_way_to_the_page()
    {
        var board = Security(Policy).Board(new());
        var read = JsonSerializer.Deserialize(JsonSerializer.Serialize(board, ExplorerJson.Default.BoardAnswer), ExplorerJson.Default.BoardAnswer)!;
        Assert.Equal(board.Svg, read.Svg);
        Assert.Equal(board.Arrows.Select(a => a.Sentence), read.Arrows.Select(a => a.Sentence));
    }

    private static Exploration Security(params string[] policies) => Exploration.Of(Read(policies));

    private static Exploration Tiers() => Exploration.Of(ManifestReader.Read(ManifestPaths.Expand([Checkout.At("k8s", "tiers", "stack")], new DiskFiles(() => Stream.Null))));

    private static Manifests Read(params string[] policies) =>
        ManifestReader.Read(policies.Append("scenario/cluster.yaml").Select(p => (p, File.ReadAllText(Checkout.At("k8s", "labs", "security", p)))));
}
