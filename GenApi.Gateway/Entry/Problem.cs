using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Entry;

/// <summary>The body of a refusal outside of calls: by the admin API and the cluster's endpoints.</summary>
/// <param name="Code">The error's code, as in a call's response.</param>
/// <param name="Error">One sentence that names the cause and the fix.</param>
internal sealed record Problem(string Code, string Error)
{
    /// <summary>People read it in shells, so quotes and the like stand as they are.</summary>
    private static readonly EntryJson Readable = new(new JsonSerializerOptions(EntryJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static IResult Result(int status, string code, string error) =>
        Results.Json(new Problem(code, error), Readable.Problem, statusCode: status);

    public static IResult Invalid(string error) => Result(StatusCodes.Status400BadRequest, "invalid_request", error);
}

/// <summary>The JSON of the endpoints' own messages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(ClientToken))]
[JsonSerializable(typeof(IReadOnlyList<StreamInfo>))]
internal sealed partial class EntryJson : JsonSerializerContext;
