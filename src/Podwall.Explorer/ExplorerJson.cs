using System.Text.Json;
using System.Text.Json.Serialization;

namespace Podwall.Explorer;

/// <summary>Questions and answers as JSON: between a page and its worker or <c>podwall ui</c>, of the same version.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Overview))]
[JsonSerializable(typeof(AskQuestion))]
[JsonSerializable(typeof(AskReply))]
[JsonSerializable(typeof(BoardQuestion))]
[JsonSerializable(typeof(BoardAnswer))]
[JsonSerializable(typeof(ArrowQuestion))]
[JsonSerializable(typeof(IReadOnlyList<Answer>))]
[JsonSerializable(typeof(ExportQuestion))]
[JsonSerializable(typeof(ExportAnswer))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(MatrixQuestion))]
[JsonSerializable(typeof(MatrixAnswer))]
[JsonSerializable(typeof(ChangesAnswer))]
[JsonSerializable(typeof(SourceText[]))]
[JsonSerializable(typeof(Proposal))]
[JsonSerializable(typeof(ApplyReply))]
[JsonSerializable(typeof(RunQuestion))]
[JsonSerializable(typeof(LabState))]
public sealed partial class ExplorerJson : JsonSerializerContext;

/// <summary>The texts of a playground and, where it is kept, of its earlier version.</summary>
public sealed record Proposal(IReadOnlyList<SourceText> Files, IReadOnlyList<SourceText>? Earlier = null);

/// <summary>A scenario to run with real packets, such as <c>k8s/tiers/allow-dns</c>.</summary>
public sealed record RunQuestion(string Folder);

/// <summary>Whether scenarios can be run here; if not, why, and if their packets are simulated, that.</summary>
/// <param name="CanRun">Whether there is what it takes.</param>
/// <param name="Why">Why not, or what is simulated.</param>
/// <param name="Replaces">The lab of the user's that a run makes into the scenario; empty where each run has a lab of its own.</param>
public sealed record LabState(bool CanRun, string Why, string Replaces);

/// <summary>What became of applying policies to a cluster, a line an object.</summary>
public sealed record ApplyReply(bool IsDone, IReadOnlyList<string> Lines);
