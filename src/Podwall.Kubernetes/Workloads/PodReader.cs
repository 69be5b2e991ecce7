using Podwall.Policy;

namespace Podwall.Kubernetes;

internal static class PodReader
{
    public static PodObject Read(Manifest manifest, Cursor root, ObjectMeta meta, PodId id, LabelPool labels, List<FieldError> faults)
    {
        var pod = root.Struct("v1.Pod");
        var spec = PodSpecReader.Read(pod["spec"], faults);
        var status = pod["status"].Struct("v1.PodStatus");
        var phase = status["phase"].Text("v1.PodPhase");
        return new(manifest, meta, id, labels.Of(meta.Labels), spec, Addresses(status, faults), phase is "Succeeded" or "Failed");
    }

    private static ValueList<Address> Addresses(Cursor status, List<FieldError> faults)
    {
        List<Address> addresses = [];
        var all = status["podIPs"].Items("v1.PodIP") ?? [];
        foreach (var item in all)
            Add(item.Struct("v1.PodIP")["ip"]);
        if (all.Count == 0)
            Add(status["podIP"]);
        return addresses.ToValueList();

        void Add(Cursor field)
        {
            if (field.Text() is not { Length: > 0 } text)
                return;
            if (!Address.TryParse(text, out var address))
                faults.Add(FieldError.Invalid(field.Path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)").WithFix("Write one address, without a length."));
            // A pod has one address per family; the first is the primary one.
            else if (addresses.All(a => a.Family != address.Family))
                addresses.Add(address);
        }
    }
}
