"""Addresses of applications, cases, documents and the inbox; those of offices stand in a list of their own."""

from django.urls import path, re_path, register_converter

from tongban.work.cases.pages import (
    batches,
    changes,
    corrections,
    documents,
    drafts,
    heard,
    inbox,
    lists,
    looking,
    mandates,
    materials,
    officer_urls,
    progress,
    review,
    signatures,
    visit_urls,
)


class Number:
    """A public number: letters, digits and hyphens. Anything else is no address of ours."""

    regex = "[0-9A-Za-z][0-9A-Za-z-]{3,59}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(Number, "number")

app_name = "cases"
urlpatterns = [
    path("applications", lists.applications, name="applications"),
    path("applications.csv", lists.download, name="applications_csv"),
    path("applications/start", lists.start, name="start"),
    # -- a draft
    re_path(r"^applications/(?P<application>[0-9a-f-]{36})/?$", drafts.draft, name="draft"),
    path("applications/<uuid:application>/changes", changes.changes, name="changes"),
    path("applications/<uuid:application>/kept", changes.kept, name="kept"),
    path("applications/<uuid:application>/consent", drafts.consent, name="consent"),
    path("applications/<uuid:application>/questions", drafts.questions, name="questions"),
    path("applications/<uuid:application>/details", drafts.details, name="details"),
    path("applications/<uuid:application>/materials", materials.materials, name="materials"),
    path("applications/<uuid:application>/materials/<slug:material>/upload", materials.upload, name="upload"),
    path("applications/<uuid:application>/materials/<slug:material>/remove", materials.remove, name="remove"),
    path("applications/<uuid:application>/materials/<slug:material>/sign", materials.sign, name="sign"),
    path("applications/<uuid:application>/materials/<slug:material>/later", materials.later, name="later"),
    *looking.routes("applications/<uuid:application>/files/<slug:material>", materials.own_file, "file"),
    path("applications/<uuid:application>/review", review.review, name="review"),
    path("applications/<uuid:application>/submit", review.submit, name="submit"),
    path("applications/<uuid:application>/signers/<slug:who>", signatures.ask, name="ask_signer"),
    path("applications/<uuid:application>/discard", drafts.discard, name="discard"),
    path("applications/<uuid:application>/restore", drafts.restore, name="restore"),
    # -- a submitted application
    path("applications/<number:number>", progress.progress, name="progress"),
    path("applications/<number:number>/receipt", review.receipt, name="receipt"),
    path("applications/<number:number>/rate", progress.rate, name="rate"),
    path("cases/<number:number>/correct", corrections.correct, name="correct"),
    path("cases/<number:number>/correct/answers", corrections.facts, name="correct_facts"),
    path("cases/<number:number>/correct/<slug:material>", corrections.upload, name="correct_upload"),
    path("cases/<number:number>/materials/<slug:material>", corrections.deferred, name="deferred"),
    path("cases/<number:number>/withdraw", progress.withdraw, name="withdraw"),
    path("cases/<number:number>/object", progress.object_to, name="object"),
    path("cases/<number:number>/heard", heard.heard, name="heard"),
    path("batches/new", batches.choose, name="batches"),
    path("batches/new/<slug:event>", batches.upload, name="batch_upload"),
    path("batches/new/<slug:event>/template.csv", batches.template, name="batch_template"),
    path("batches/<uuid:batch>", batches.batch, name="batch"),
    path("batches/<uuid:batch>/rejected.csv", batches.rejected, name="batch_rejected"),
    path("batches/<uuid:batch>/submit", batches.submit, name="batch_submit"),
    path("me/mandates", mandates.mandates, name="mandates"),
    path("me/mandates/<uuid:mandate>/revoke", mandates.revoke, name="mandate_revoke"),
    # -- what comes to the applicant, or to somebody who signs with them
    path("signatures/<uuid:signature>", signatures.signature, name="signature"),
    path("signatures/<uuid:signature>/sign", signatures.sign, name="signature_sign"),
    path("signatures/<uuid:signature>/refuse", signatures.refuse, name="signature_refuse"),
    path("documents/<number:number>", documents.document, name="document"),
    path("documents/<number:number>.pdf", documents.file, name="document_file"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.mark_read, name="inbox_read"),
    *officer_urls.urlpatterns,
    *visit_urls.urlpatterns,
]
