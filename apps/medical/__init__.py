"""Medical imaging: CT, MR and X-ray images made sharper, consistent with what was measured.

Research use only: results are marked NOT FOR DIAGNOSIS.

One call, with a path, bytes or an array:

    from apps.medical import enhance

    result = enhance(image="slice.dcm", scale=2)
    result.enhanced.read()                      # the derived DICOM object
"""

from apps.medical.tasks import EnhanceRequest, EnhanceResult, app, enhance

__all__ = ["EnhanceRequest", "EnhanceResult", "app", "enhance"]
