namespace Podwall.Nftables.Model;

/// <summary>The sets and maps of one table.</summary>
public abstract class TableMaps
{
    /// <summary>
    /// Hashes of the program, of its rules as the kernel lists them and of the content: what is found in the kernel is
    /// known by them, whichever version of the program wrote it.
    /// </summary>
    public MapShape Stamp { get; } = new("stamp", MapKind.Hash, [Field.Word, Field.Word], valueWords: 1);

    public abstract IReadOnlyList<MapShape> All { get; }

    /// <summary>Those whose content is decided here; tombstones and the stamp follow from what happened in the kernel.</summary>
    public IEnumerable<MapShape> OfPolicy => All.Where(m => m.Kind != MapKind.Expiring && m != Stamp);

    /// <summary>What says where pods are, so that those which are not ready are closed: it comes into the kernel with the rules.</summary>
    public virtual IEnumerable<MapShape> Places => [];

    /// <summary>What opens a pod: it comes last into the kernel.</summary>
    public virtual IEnumerable<MapShape> Readiness => [];

    public IEnumerable<MapShape> Tombstones => All.Where(m => m.Kind == MapKind.Expiring);
}
