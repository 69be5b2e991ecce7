using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>A chain that the kernel holds.</summary>
/// <param name="Base">Where it is hooked in and what becomes of packets that no rule decides; null where it is only jumped to.</param>
internal sealed record HeldChain(string Table, string Name, (uint Hook, int Priority, uint Policy)? Base)
{
    public static HeldChain Of(Message message)
    {
        string table = "", name = "";
        (uint Hook, int Priority, uint Policy)? place = null;
        foreach (var attribute in message.Attributes)
            if (attribute.Type == NfTables.Chain.TableName)
                table = attribute.Text;
            else if (attribute.Type == NfTables.Chain.Name)
                name = attribute.Text;
            else if (attribute.Type == NfTables.Chain.Hook)
                place = Place(attribute.Inner, message.Attributes.Find(NfTables.Chain.Policy));
        return new(table, name, place);
    }

    /// <summary>A chain of a program, as the kernel should hold it.</summary>
    public static HeldChain Of(Chain chain) => new(Program.Table, chain.Name, chain.Hook is { } hook ? (hook.Number, hook.Priority, (uint)Outcome.Accept) : null);

    private static (uint Hook, int Priority, uint Policy) Place(Attributes hook, ReadOnlySpan<byte> policy) =>
        ((uint)MapShape.Number(hook.Find(NfTables.Chain.HookNumber)), unchecked((int)(uint)MapShape.Number(hook.Find(NfTables.Chain.HookPriority))), (uint)MapShape.Number(policy));
}
