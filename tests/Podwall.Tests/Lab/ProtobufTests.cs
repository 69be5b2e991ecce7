using CsCheck;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Protobuf;

namespace Podwall.Tests.Lab;

public sealed class ProtobufTests
{
    // What kubectl sends for "create namespace qa".
    private static readonly byte[] Namespace =
    [
        .. "k8s\0"u8, 0x0a, 15, 0x0a, 2, .. "v1"u8, 0x12, 9, .. "Namespace"u8, 0x12, 16, 0x0a, 10, 0x0a, 2, .. "qa"u8, 0x12, 0, 0x1a, 0, 0x42, 0, 0x12, 0, 0x1a, 0, 0x1a, 0, 0x22, 0,
    ];

    [Fact]
    public void A_namespace_is_read() =>
        Assert.Equal("""{"metadata":{"name":"qa"},"spec":{},"apiVersion":"v1","kind":"Namespace"}""", ProtoReader.Read(Namespace).ToJsonString());

    [Fact]
    public void What_is_cut_or_spoilt_is_refused_and_never_fails_otherwise() =>
        (from length in Gen.Int[0, Namespace.Length] from at in Gen.Int[0, Namespace.Length - 1] from value in Gen.Byte select (length, at, value)).Sample(spoilt =>
        {
            var body = (byte[])Namespace.Clone();
            body[spoilt.at] = spoilt.value;
            try
            {
                ProtoReader.Read(body.AsMemory(0, spoilt.length));
            }
            catch (ApiFailure refused)
            {
                Assert.InRange(refused.Status.Code, 400, 499);
            }
        }, iter: Effort.Times(5_000));

    [Fact]
    public void A_field_that_is_not_known_is_refused_by_number_and_not_lost()
    {
        byte[] body = [.. "k8s\0"u8, 0x0a, 15, 0x0a, 2, .. "v1"u8, 0x12, 9, .. "Namespace"u8, 0x12, 4, 0x4a, 2, .. "xy"u8];
        var refused = Assert.Throws<ApiFailure>(() => ProtoReader.Read(body));
        Assert.Equal(415, refused.Status.Code);
        Assert.Contains("field 9 of Namespace", refused.Message, StringComparison.Ordinal);
    }
}
