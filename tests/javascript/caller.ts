// Uses the client that openapi.mjs has generated. The compiler checks the calls against the document.
import { defaults, sampleCreatePost, sampleEcho, sampleFail, sampleGenerateReport, sampleGetUser, genapiResult } from "./client.js";

export async function callAll(gateway: string, token: string) {
  defaults.baseUrl = gateway.replace(/\/$/, "");
  defaults.headers = { Authorization: `Bearer ${token}` };

  const echo = await sampleEcho({ message: "Grüße from a generated client" }, { version: "1.0.0", xRequestId: "generated-1" });
  if (echo.status !== 200) {
    throw new Error(`echo answered ${echo.status} ${echo.data.code}`);
  }

  const post = await sampleCreatePost({ title: "t", body: "b", tags: ["x"], metadata: { author: "me" } });
  const denied = await sampleGetUser({ user_id: "somebody else" });
  const failed = await sampleFail({ kind: "error" });

  // @ts-expect-error The document says that message is a string.
  const wrong = await sampleEcho({ message: 42 });

  // @ts-expect-error The document says that message must be given.
  const missing = await sampleEcho({});

  const report = await sampleGenerateReport({ format: "pdf" }, { xRequestId: `report-${Date.now()}` });
  if (report.status !== 202) {
    throw new Error(`generate_report answered ${report.status}`);
  }

  let result = await genapiResult(report.data.request_id);
  for (let attempt = 0; result.status === 202 && attempt < 300; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    result = await genapiResult(report.data.request_id);
  }

  return {
    echo: echo.data,
    post: post.status,
    denied: denied.status === 403 ? denied.data.code : denied.status,
    failed: failed.status === 500 ? failed.data.code : failed.status,
    wrong: wrong.status === 422 ? wrong.data.code : wrong.status,
    missing: missing.status,
    report: result.status,
  };
}
