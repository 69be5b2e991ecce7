using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Answers who wants objects to go.</summary>
internal sealed class DeleteHandler(ObjectStore store, ClusterWrites writes)
{
    public async Task HandleAsync(HttpContext http, RequestTarget target)
    {
        var (resource, how) = (target.Resource, await Deletion.ReadAsync(http));
        ObjectName name = new(target.ObjectNamespace, target.Name!);
        await AnswerAsync(http, resource, writes.Delete(resource.Type, name, how) ?? throw ApiFailure.NotFound(resource, name.Name));
    }

    public async Task HandleAllAsync(HttpContext http, RequestTarget target, ListOptions options)
    {
        var (resource, how) = (target.Resource, await Deletion.ReadAsync(http));
        var view = store.View(resource.Type);
        var selected = view.From(target.Namespace).Where(options.Selects).ToList();
        if (!how.IsDry)
            foreach (var item in selected)
                writes.Delete(resource.Type, item.Name, how);
        http.Response.ContentType = "application/json";
        var items = string.Join(',', selected.Select(i => Encoding.UTF8.GetString(i.Json.Span)));
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(
            $"{{\"kind\":\"{resource.Type.Kind}List\",\"apiVersion\":\"{resource.Type.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{view.Version}\"}},\"items\":[{items}]}}"), http.RequestAborted);
    }

    // A pod or namespace is answered as itself, anything else by saying that it went.
    private static async Task AnswerAsync(HttpContext http, ServedResource resource, StoredObject item)
    {
        if (resource.Type == ResourceType.Namespaces || resource.Type == ResourceType.Pods || item.ToTree()["metadata"]?["deletionTimestamp"] is not null)
        {
            await WriteHandler.AnswerAsync(http, 200, resource, item);
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new ApiStatus
        {
            Status = ApiStatus.Success,
            Details = new()
            {
                Name = item.Name.Name,
                Group = resource.Type.Group.Length > 0 ? resource.Type.Group : null,
                Kind = resource.Type.Plural,
                Uid = item.Field("metadata.uid"),
            },
        }, ApiStatus.JsonType), http.RequestAborted);
    }
}
