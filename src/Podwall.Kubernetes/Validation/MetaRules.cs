using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>The API server's rules for metadata and labels, in its order.</summary>
internal static class MetaRules
{
    public static IEnumerable<FieldError> Check(ObjectMeta meta, Func<string, IEnumerable<string>> nameRule, bool isNamespaced)
    {
        var path = FieldPath.Of("metadata");
        if (meta.GenerateName.Length > 0)
            foreach (var complaint in nameRule(meta.GenerateName.TrimEnd('-')))
                yield return FieldError.Invalid(path.Child("generateName"), meta.GenerateName, complaint);
        if (meta.Name.Length == 0 && meta.GenerateName.Length == 0)
            yield return FieldError.Required(path.Child("name"), "name or generateName is required").WithFix("Give the object a name.");
        foreach (var complaint in meta.Name.Length == 0 ? [] : nameRule(meta.Name))
            yield return FieldError.Invalid(path.Child("name"), meta.Name, complaint).WithFix(NameFix(meta.Name));
        foreach (var complaint in !isNamespaced || meta.Namespace.Length == 0 ? [] : NameRules.DnsLabel(meta.Namespace))
            yield return FieldError.Invalid(path.Child("namespace"), meta.Namespace, complaint).WithFix(NameFix(meta.Namespace));
        foreach (var error in Labels(meta.Labels, path.Child("labels")))
            yield return error;
    }

    /// <summary>What is checked of policies only: other objects use neither.</summary>
    public static IEnumerable<FieldError> CheckRest(ObjectMeta meta)
    {
        var path = FieldPath.Of("metadata");
        foreach (var annotation in meta.Annotations.AsEnumerable())
            foreach (var complaint in NameRules.QualifiedName(annotation.Key.ToLowerInvariant()))
                yield return FieldError.Invalid(path.Child("annotations"), annotation.Key, complaint) with { Culprit = path.Child("annotations").Key(annotation.Key) };
        for (var i = 0; i < meta.OwnerReferences.Count; i++)
            foreach (var error in Owner(meta.OwnerReferences[i], path.Child("ownerReferences").Child(i)))
                yield return error;
        foreach (var finalizer in meta.Finalizers.AsEnumerable())
            foreach (var complaint in NameRules.QualifiedName(finalizer))
                yield return FieldError.Invalid(path.Child("finalizers"), finalizer, complaint);
        for (var i = 0; i < meta.Finalizers.Count; i++)
            if (!meta.Finalizers[i].Contains('/') && meta.Finalizers[i] is not ("kubernetes" or "orphan" or "foregroundDeletion"))
                yield return FieldError.Invalid(path.Child("finalizers").Child(i), meta.Finalizers[i], "name is neither a standard finalizer name nor is it fully qualified")
                    .WithFix($"Give it a domain: example.com/{meta.Finalizers[i]}.");
    }

    public static IEnumerable<FieldError> Labels(ValueList<Label> labels, FieldPath path)
    {
        foreach (var (key, value) in labels.AsEnumerable())
        {
            foreach (var complaint in NameRules.QualifiedName(key))
                yield return FieldError.Invalid(path, key, complaint) with { Culprit = path.Key(key), Fix = LabelFixes.ForKey(key) };
            foreach (var complaint in NameRules.LabelValue(value))
                yield return FieldError.Invalid(path, value, complaint) with { Culprit = path.Key(key), Fix = LabelFixes.ForValue(value) };
        }
    }

    private static IEnumerable<FieldError> Owner(OwnerReference owner, FieldPath path)
    {
        if (owner.ApiVersion.Length == 0)
            yield return FieldError.Invalid(path.Child("apiVersion"), owner.ApiVersion, "version must not be empty");
        if (owner.Kind.Length == 0)
            yield return FieldError.Invalid(path.Child("kind"), owner.Kind, "must not be empty");
        if (owner.Name.Length == 0)
            yield return FieldError.Invalid(path.Child("name"), owner.Name, "must not be empty");
        if (owner.Uid.Length == 0)
            yield return FieldError.Invalid(path.Child("uid"), owner.Uid, "must not be empty");
    }

    private static string NameFix(string name) => LabelFixes.Sanitized(name.ToLowerInvariant().Replace('_', '-'), "-") is { Length: > 0 } fixedName && fixedName != name
        ? $"Write for example '{fixedName}'."
        : "Use lower case letters, digits and '-', beginning and ending with a letter or digit.";
}
