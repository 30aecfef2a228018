"""Parts of the dashboards: a studio's page is put together from these, and looks and behaves like every other.

    page        a page's frame: heading, notice, inputs | stage | side
    form        widgets made from a request, validated by the request
    choice      which task, and which example to start from
    source      the files of a request: an example, an upload, or those of an earlier run
    run_panel   cost before, progress and cancel during a run, in one place of constant height
    history     the studio's runs, newest first
    results     figures, pictures, files, provenance of a run that is done
    compare     two pictures of the same place under one slider
    grid        cards that can be chosen and picked
    roster      what a run was about, in rows, each with what was found
    drawing     an SVG that Python drew
    copying     buttons that copy a text
    marked      a picture or a recording with the places that findings speak of
    sound       a recording in several states, or several takes, heard and seen
    score       a piece as score, piano roll and sound at one place
    solid       a solid in three dimensions, and a sheet to zoom into
    media       files that a page's scripts fetch
    rule        the tick scale that shows progress and memory
    generic     a whole page from a studio's declaration alone
    style       the look

Streamlit is imported by these modules and by nothing else in `shared`.
"""
