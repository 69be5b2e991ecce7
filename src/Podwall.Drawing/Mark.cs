namespace Podwall.Drawing;

/// <summary>What policies mean for the pods of a card in one direction.</summary>
public enum Mark
{
    /// <summary>No policy isolates the pods: whatever the other end allows passes, and is not drawn.</summary>
    Open,

    /// <summary>Policies isolate some of the pods; a card only mixes pods where the board is collapsed.</summary>
    Partly,

    /// <summary>Policies isolate the pods: only what is drawn passes.</summary>
    Isolated,

    /// <summary>Policies isolate the pods, and nothing passes.</summary>
    Closed,
}

/// <summary>The marks of a card at one phase.</summary>
public readonly record struct Marks(Mark Ingress, Mark Egress)
{
    public bool AreOpen => Ingress == Mark.Open && Egress == Mark.Open;
}
